using System.Reflection;
using System.Text;

namespace Tapestry.Keras.Configuration;

/// <summary>Names as Keras writes them: of classes, of arguments, and the numbered ones of objects without a name of their own.</summary>
static class ObjectNames
{
    static readonly Lock counting = new();
    static readonly Dictionary<string, int> uses = [];

    /// <summary>The name of a class in configurations.</summary>
    internal static string Of(Type type) => type.GetCustomAttribute<KerasNameAttribute>(false)?.Name ?? type.Name;

    /// <summary>
    /// A class name in snake_case, by Keras' rules: <c>GlorotUniform</c> is <c>glorot_uniform</c>, <c>AdamW</c> is <c>adam_w</c>,
    /// <c>RMSprop</c> is <c>rm_sprop</c>, <c>L1L2</c> is <c>l1l2</c>.
    /// </summary>
    internal static string ToSnakeCase(string className)
    {
        var parted = new StringBuilder();
        for (var i = 0; i < className.Length; i++)
        {
            // First an underscore before each capital that starts a word (but not right after another such cut), then between small and capital.
            if (i > 0 && char.IsAsciiLetterUpper(className[i]) && (i + 1 < className.Length && char.IsAsciiLetterLower(className[i + 1]) || char.IsAsciiLetterLower(className[i - 1]))) parted.Append('_');
            parted.Append(char.ToLowerInvariant(className[i]));
        }

        return parted.ToString();
    }

    /// <summary>
    /// The key of an argument in configurations: <c>learningRate</c> is <c>learning_rate</c>, <c>beta1</c> is <c>beta_1</c>, <c>l1</c> stays.
    /// </summary>
    internal static string ToKey(string argument)
    {
        // One word in Keras.
        argument = argument.Replace("DType", "Dtype", StringComparison.Ordinal);
        var key = new StringBuilder();
        var letters = 0;
        for (var i = 0; i < argument.Length; i++)
        {
            var c = argument[i];
            if (char.IsAsciiLetterUpper(c) && i > 0 || char.IsAsciiDigit(c) && letters > 1)
            {
                key.Append('_');
                letters = 0;
            }

            letters = char.IsAsciiDigit(c) ? 0 : letters + 1;
            key.Append(char.ToLowerInvariant(c));
        }

        return key.ToString();
    }

    /// <summary>A name that no other object got from here: the first is the bare prefix, then <c>_1</c>, <c>_2</c>.</summary>
    internal static string Unique(string prefix)
    {
        lock (counting)
        {
            var used = uses.GetValueOrDefault(prefix);
            uses[prefix] = used + 1;
            return used == 0 ? prefix : $"{prefix}_{used}";
        }
    }

    /// <summary>A unique name from the class of an object.</summary>
    internal static string Unique(Type type) => Unique(ToSnakeCase(Of(type)));

    /// <summary>Starts counting anew, as <c>keras.utils.clear_session</c> does.</summary>
    internal static void Reset()
    {
        lock (counting) uses.Clear();
    }
}
