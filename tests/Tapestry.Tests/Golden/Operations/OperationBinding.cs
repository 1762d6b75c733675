using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Tapestry.Tests.Golden.Operations;

/// <summary>Finds the method of <see cref="Ops"/> for a function of the originals by its name, and its arguments by theirs.</summary>
static class OperationBinding
{
    // Names that differ; all others follow from the words.
    static readonly Dictionary<string, string> Renamed = new()
    {
        ["amax"] = "Max", ["amin"] = "Min", ["reduce_max"] = "Max", ["reduce_min"] = "Min", ["reduce_sum"] = "Sum", ["reduce_prod"] = "Prod", ["reduce_mean"] = "Mean", ["reduce_all"] = "All", ["reduce_any"] = "Any",
        ["absolute"] = "Abs", ["arccos"] = "Acos", ["arcsin"] = "Asin", ["arctan"] = "Atan", ["arctan2"] = "Atan2", ["arccosh"] = "Acosh", ["arcsinh"] = "Asinh", ["arctanh"] = "Atanh",
        ["ceil"] = "Ceiling", ["conjugate"] = "Conj", ["clip"] = "ClipByValue", ["concatenate"] = "Concat", ["remainder"] = "FloorMod", ["mod"] = "FloorMod", ["floor_divide"] = "FloorDiv",
        ["true_divide"] = "Divide", ["power"] = "Pow", ["arange"] = "Range", ["full"] = "Fill", ["scatter"] = "ScatterNd", ["realdiv"] = "Divide", ["array"] = "Constant",
        ["swish"] = "Silu", ["hard_swish"] = "HardSilu", ["crelu"] = "ConcatenatedRelu", ["scalar_mul"] = "Multiply", ["reduce_variance"] = "Var", ["reduce_std"] = "Std", ["reduce_logsumexp"] = "LogSumExp",
        ["truncatediv"] = "TruncateDiv", ["truncatemod"] = "TruncateMod", ["fmod"] = "TruncateMod", ["bitwise_not"] = "BitwiseInvert", ["bitwise_left_shift"] = "LeftShift", ["bitwise_right_shift"] = "RightShift",
    };

    // Whole names: functions whose last word means something else elsewhere, or that have another name here.
    static readonly Dictionary<string, string> RenamedWhole = new()
    {
        ["keras.ops.identity"] = "Eye", ["tf.linalg.diag"] = "MatrixDiag", ["tf.linalg.diag_part"] = "MatrixDiagPart", ["tf.linalg.set_diag"] = "MatrixSetDiag", ["keras.ops.convert_to_tensor"] = "Constant", ["keras.ops.copy"] = "Identity", ["tf.linalg.trace"] = "-", ["tf.image.transpose"] = "-", ["keras.ops.shape"] = "-", ["keras.ops.image.resize"] = "-", ["tf.bitwise.invert"] = "BitwiseInvert", ["tf.linalg.band_part"] = "MatrixBandPart", ["tf.math.rint"] = "Round", ["keras.ops.empty"] = "Zeros", ["keras.ops.empty_like"] = "ZerosLike", ["tf.linalg.normalize"] = "-",
    };

    // Arguments of the originals whose names differ from ours.
    static readonly Dictionary<string, string[]> Aliases = new()
    {
        ["x"] = ["x", "value", "tensor"], ["x1"] = ["x"], ["x2"] = ["y"], ["a"] = ["x"], ["b"] = ["y"], ["input"] = ["x"], ["input_tensor"] = ["x"], ["tensor"] = ["tensor", "x"], ["inputs"] = ["inputs", "x"], ["indices"] = ["indices", "x"], ["values"] = ["values"],
        ["tensors"] = ["values"], ["xs"] = ["values"], ["perm"] = ["axes"], ["newshape"] = ["shape"], ["num_classes"] = ["depth"], ["x_min"] = ["clipValueMin"], ["x_max"] = ["clipValueMax"], ["stop"] = ["limit", "stop"], ["step"] = ["delta"], ["indices_or_sections"] = ["parts", "sizes"],
        ["num_or_size_splits"] = ["parts", "sizes"], ["paddings"] = ["padWidth"], ["multiples"] = ["repeats"], ["N"] = ["rows"], ["M"] = ["columns"], ["num_rows"] = ["rows"], ["num_columns"] = ["columns"], ["fill_value"] = ["value"], ["dims"] = ["shape"], ["condition"] = ["condition"], ["shift"] = ["shift"],
        ["output_type"] = ["dtype"], ["n"] = ["rows"], ["axis"] = ["axis", "axes"], ["axes"] = ["axes", "axis"], ["on_value"] = ["onValue"], ["off_value"] = ["offValue"], ["clip_value_min"] = ["clipValueMin"], ["t"] = ["x"], ["arrays"] = ["values"], ["base"] = ["x"], ["exponent"] = ["y"], ["ord"] = ["ord"], ["features"] = ["x"], ["params"] = ["x"], ["target"] = ["target"], ["abs_"] = ["abs"], ["logits"] = ["logits", "x"], ["alpha"] = ["alpha", "negativeSlope"], ["num_cols"] = ["columns"], ["t_list"] = ["tensors"],
    };

    static readonly ILookup<string, MethodInfo> Methods = typeof(Ops).Assembly.GetExportedTypes()
        .Where(type => type is { IsAbstract: true, IsSealed: true, Namespace: "Tapestry" })
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => !method.IsGenericMethod && !method.Name.StartsWith("op_", StringComparison.Ordinal) && !method.Name.StartsWith("get_", StringComparison.Ordinal) && Results(method.ReturnType) && !method.GetParameters().Any(parameter => parameter.ParameterType.IsByRefLike))
        .ToLookup(method => method.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether there is a method of the name.</summary>
    internal static bool Knows(string function) => IsNumeric(function) && Methods[Name(function)].Any();

    /// <summary>The results of a function for given arguments; null when there is no such function.</summary>
    internal static Tensor[]? Call(GoldenCase golden, string function, IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?>? named = null) =>
        Knows(function) && GoldenCall.Of(golden, arguments, named ?? new Dictionary<string, object?>(), out var call) is var made ? Find(function, made, call)(call) : null;

    /// <summary>The call of a case; skips the case when no overload takes its arguments.</summary>
    internal static Func<GoldenCall, Tensor[]> Find(string function, GoldenCase golden, GoldenCall call)
    {
        if (!Knows(function)) throw new GoldenSkipException(function);
        var given = golden.Json.GetProperty("args").EnumerateArray().ToArray();
        var named = golden.Json.GetProperty("kwargs").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value);
        // There is one algorithm for random numbers, and one way of sorting, which is stable.
        if (named.TryGetValue("alg", out var algorithm) && algorithm.GetString() is "philox" or "auto_select") named.Remove("alg");
        else if (algorithm.ValueKind == JsonValueKind.String && golden.Field("error") is not null) return _ => throw new ArgumentException("there is no such algorithm");
        // The original takes a dtype for products and ignores it.
        if (function == "keras.ops.prod") named.Remove("dtype");
        if (named.ContainsKey("stable") && Name(function) is "Argsort" or "Sort") named.Remove("stable");
        foreach (var method in Methods[Name(function)].OrderBy(method => method.GetParameters().Length))
        {
            if (Bind(method, given, named, call) is { } arguments) return _ => Tensors(Invoke(method, arguments));
        }

        // What the compiler refuses, because a value has a type that its parameter cannot have, is refused.
        if (golden.Field("error") is not null && Methods[Name(function)].Any(method => HasPlaces(method, given, named))) return _ => throw new ArgumentException("such a call does not compile");
        // What the original refuses may be an argument that is not there.
        if (golden.Field("error") is { } refused && refused.TryGetProperty("optional", out _)) return _ => throw new ArgumentException("such a call does not compile");
        throw new GoldenSkipException($"overload of {Name(function)} takes ({string.Join(", ", given.Select(Kind))}{string.Concat(named.Select(entry => $", {entry.Key}: {Kind(entry.Value)}"))})");
    }

    static bool IsNumeric(string function) => (function.StartsWith("keras.ops.", StringComparison.Ordinal) || function.StartsWith("tf.", StringComparison.Ordinal)) && !function.StartsWith("tf.strings", StringComparison.Ordinal) && !function.Contains("sparse.", StringComparison.Ordinal) && !function.Contains("ragged.", StringComparison.Ordinal) && !function.Contains("signal.", StringComparison.Ordinal);

    static string Name(string function)
    {
        if (RenamedWhole.TryGetValue(function, out var whole)) return whole;
        var last = function[(function.LastIndexOf('.') + 1)..];
        return Renamed.GetValueOrDefault(last) ?? string.Concat(last.Split('_').Select(word => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
    }

    static bool Results(Type type) => type == typeof(Tensor) || type == typeof(Tensor[]) || type.IsAssignableTo(typeof(ITuple));

    static object? Invoke(MethodInfo method, object?[] arguments) => method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, CultureInfo.InvariantCulture);

    static Tensor[] Tensors(object? result) => result switch
    {
        Tensor tensor => [tensor],
        Tensor[] tensors => tensors,
        ITuple tuple => [.. Enumerable.Range(0, tuple.Length).SelectMany(i => Tensors(tuple[i]))],
        _ => throw new InvalidOperationException("no tensors"),
    };

    static object?[]? Bind(MethodInfo method, JsonElement[] given, Dictionary<string, JsonElement> named, GoldenCall call)
    {
        var parameters = method.GetParameters();
        if (given.Length > parameters.Length) return null;
        var arguments = new object?[parameters.Length];
        var set = new bool[parameters.Length];
        for (var i = 0; i < given.Length; i++)
        {
            if (!Convert(given[i], parameters[i].ParameterType, IsNullable(parameters[i]), call, out arguments[i])) return null;
            set[i] = true;
        }

        foreach (var (key, value) in named)
        {
            if (Place(key, parameters, set) is not { } place || !Convert(value, parameters[place].ParameterType, IsNullable(parameters[place]), call, out arguments[place])) return null;
            set[place] = true;
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            if (set[i]) continue;
            if (!parameters[i].HasDefaultValue) return null;
            arguments[i] = parameters[i].DefaultValue;
        }

        return arguments;
    }

    static bool HasPlaces(MethodInfo method, JsonElement[] given, Dictionary<string, JsonElement> named)
    {
        var parameters = method.GetParameters();
        if (given.Length > parameters.Length) return false;
        var set = parameters.Select((_, i) => i < given.Length).ToArray();
        foreach (var key in named.Keys)
        {
            if (Place(key, parameters, set) is not { } place) return false;
            set[place] = true;
        }

        return true;
    }

    static int? Place(string key, ParameterInfo[] parameters, bool[] set)
    {
        var camel = string.Concat(key.Split('_').Select((word, i) => i == 0 || word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
        foreach (var name in new[] { camel }.Concat(Aliases.GetValueOrDefault(key) ?? []))
        {
            for (var i = 0; i < parameters.Length; i++)
            {
                if (!set[i] && string.Equals(parameters[i].Name, name, StringComparison.OrdinalIgnoreCase)) return i;
            }
        }

        return null;
    }

    static bool IsNullable(ParameterInfo parameter) => Nullable.GetUnderlyingType(parameter.ParameterType) is not null || new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;

    static bool Convert(JsonElement json, Type type, bool nullable, GoldenCall call, out object? value)
    {
        value = null;
        if (json.ValueKind == JsonValueKind.Null) return nullable;
        type = Nullable.GetUnderlyingType(type) ?? type;
        var isList = json.ValueKind == JsonValueKind.Array;
        var integers = isList && json.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _));
        value = type switch
        {
            _ when type == typeof(Tensor) => AsTensor(json, call),
            _ when type == typeof(Tensor[]) || type == typeof(IReadOnlyList<Tensor>) => isList && json.EnumerateArray().All(item => AsTensor(item, call) is not null) ? json.EnumerateArray().Select(item => AsTensor(item, call)!).ToArray() : null,
            _ when type == typeof(bool) => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : null,
            _ when type == typeof(int) => json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var integer) ? integer : null,
            _ when type == typeof(double) => Number(json),
            _ when type == typeof(string) => json.ValueKind == JsonValueKind.String ? json.GetString() : null,
            _ when type == typeof(DType) => json.ValueKind == JsonValueKind.String ? (DType)json.GetString()! : null,
            _ when type == typeof(int[]) => integers ? GoldenCall.Integers(json) : null,
            _ when type == typeof(Axes) => integers ? (object)(Axes)GoldenCall.Integers(json) : json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var axis) ? (object)(Axes)axis : null,
            _ when type == typeof(Shape) => Dimensions(json),
            _ when type == typeof(int[,]) => Pairs(json),
            _ when type.IsEnum => json.ValueKind == JsonValueKind.String && Enum.TryParse(type, json.GetString()!.Replace("_", string.Empty, StringComparison.Ordinal), ignoreCase: true, out var member) ? member : null,
            _ => null,
        };
        return value is not null;
    }

    static Tensor? AsTensor(JsonElement json, GoldenCall call)
    {
        if (json.ValueKind == JsonValueKind.Object) return json.TryGetProperty("tensor", out _) || json.TryGetProperty("strings", out _) ? call.Tensor(json) : null;
        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False) return json.GetBoolean();
        if (json.ValueKind == JsonValueKind.Number) return json.TryGetInt32(out var integer) && !json.GetRawText().Contains('.', StringComparison.Ordinal) && !json.GetRawText().Contains('e', StringComparison.OrdinalIgnoreCase) ? (Tensor)integer : json.GetDouble();
        if (json.ValueKind == JsonValueKind.String) return Number(json) is { } special ? (Tensor)special : null;
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() == 0) return null;
        var items = json.EnumerateArray().ToArray();
        if (items.All(item => item.ValueKind is JsonValueKind.True or JsonValueKind.False)) return items.Select(item => item.GetBoolean()).ToArray();
        if (items.All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _))) return items.Select(item => item.GetInt32()).ToArray();
        if (items.All(item => Number(item) is not null)) return items.Select(item => (float)Number(item)!).ToArray();
        return items.All(item => item.ValueKind == JsonValueKind.Array) && items.Select(item => AsTensor(item, call)).ToArray() is var rows && rows.All(row => row is not null) ? Ops.Stack(rows!) : null;
    }

    static double? Number(JsonElement json) => json.ValueKind == JsonValueKind.Number ? json.GetDouble()
        : json.ValueKind != JsonValueKind.String ? null
        : json.GetString() switch { "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, "NaN" => double.NaN, _ => null };

    static Shape? Dimensions(JsonElement json) => json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var one) ? [one]
        : json.ValueKind == JsonValueKind.Array && json.EnumerateArray().All(item => item.ValueKind is JsonValueKind.Number or JsonValueKind.Null)
            ? Shape.Create([.. json.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Null ? (int?)null : item.GetInt32() is >= 0 and var dimension ? dimension : null)])
            : null;

    static int[,]? Pairs(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array) return null;
        var rows = json.EnumerateArray().ToArray();
        if (rows.Length == 0 || rows.Any(row => row.ValueKind != JsonValueKind.Array || row.GetArrayLength() != 2 || row.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Number))) return null;
        var pairs = new int[rows.Length, 2];
        for (var i = 0; i < rows.Length; i++) (pairs[i, 0], pairs[i, 1]) = (rows[i][0].GetInt32(), rows[i][1].GetInt32());
        return pairs;
    }

    static string Kind(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.TryGetProperty("tensor", out _) ? "tensor" : "object",
        JsonValueKind.Array => $"[{string.Join(" ", json.EnumerateArray().Take(3).Select(Kind))}]",
        _ => json.GetRawText(),
    };
}
