using System.Text.Json;

namespace Tapestry.Tests.Golden.Operations;

/// <summary>Which dtype a function gives for which dtypes: the tables of <c>keras.ops</c>. What a table says of a function that is not there yet counts once it is.</summary>
sealed class DTypeTables : IGoldenAdapter
{
    public string Group => "ops";

    public bool Implements(GoldenObject golden) => golden.Name is "dtypes.unary_ops" or "dtypes.binary_ops" or "dtypes.result_type";

    public void Run(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Object.Name == "dtypes.result_type") Promotions(golden.Object.Document, check);
        else Functions(golden, check, golden.Object.Document.GetProperty("ops"), golden.Object.Name == "dtypes.unary_ops");
    }

    static void Functions(GoldenCase golden, GoldenCheck check, JsonElement table, bool isUnary)
    {
        foreach (var function in table.EnumerateObject())
        {
            foreach (var first in function.Value.EnumerateObject())
            {
                if (isUnary) Compare(golden, check, function.Name, first.Value.GetString()!, first.Name);
                else foreach (var second in first.Value.EnumerateObject()) Compare(golden, check, function.Name, Meant(table, function.Name, first.Name, second), first.Name, second.Name);
            }
        }
    }

    // In some functions the original takes numbers of a program for tensors, which are weak in all others: then what it says of addition holds. Vectors of int8 have
    // another product there than matrices.
    static string Meant(JsonElement table, string function, string first, JsonProperty second)
    {
        if (function == "matmul" && first == "int8" && second.Name == "int8") return "int32";
        var isBitwise = function is "bitwise_and" or "bitwise_left_shift";
        if (isBitwise && second.Value.GetString()!.StartsWith("error:", StringComparison.Ordinal)) return second.Value.GetString()!;
        var isWeak = (isBitwise || function is "arctan2" or "hypot" or "mod" or "fmod") && (first.StartsWith("python", StringComparison.Ordinal) || second.Name.StartsWith("python", StringComparison.Ordinal));
        var sum = table.GetProperty("add").GetProperty(first).GetProperty(second.Name).GetString()!;
        if (!isWeak || sum.StartsWith("error:", StringComparison.Ordinal)) return second.Value.GetString()!;
        return isBitwise || function is "mod" or "fmod" || ((DType)sum).IsFloating ? sum : function == "hypot" && sum == "int64" ? "float64" : "float32";
    }

    static void Compare(GoldenCase golden, GoldenCheck check, string function, string expected, params string[] dtypes)
    {
        if (!OperationBinding.Knows("keras.ops." + function)) return;
        var what = $"{function}({string.Join(", ", dtypes)})";
        object?[] arguments = [.. dtypes.Select(Argument)];
        Tensor[]? Call() => function switch
        {
            "concatenate" or "stack" when arguments.Any(argument => argument is not Tensor) => throw new ArgumentException("numbers are no tensors of a list"),
            "concatenate" => [Ops.Concat([.. arguments.Cast<Tensor>()], 0)],
            "stack" => [Ops.Stack([.. arguments.Cast<Tensor>()])],
            "where" => OperationBinding.Call(golden, "keras.ops.where", [true, .. arguments]),
            _ => OperationBinding.Call(golden, "keras.ops." + function, arguments),
        };
        // A kernel that the original lacks is no rule.
        if (expected.StartsWith("error:", StringComparison.Ordinal)) check.MayRefuse(what, () => Call());
        else check.Equal(what, expected, Call()![0].DType.Name);
    }

    static object Argument(string dtype) => dtype switch
    {
        "python_int" => 2,
        "python_float" => 1.5,
        "python_bool" => true,
        _ => Ops.Ones([2, 2], dtype),
    };

    static void Promotions(JsonElement document, GoldenCheck check)
    {
        foreach (var (a, b, expected) in document.GetProperty("pairs").EnumerateObject().SelectMany(first => first.Value.EnumerateObject().Select(second => (first.Name, second.Name, second.Value.GetString()!))))
        {
            if (!IsHere(a) || !IsHere(b)) continue;
            check.Equal($"{a}, {b}", expected, TypePromotion.Of(One(a), One(b)).Name);
        }

        foreach (var single in document.GetProperty("single").EnumerateObject().Where(entry => IsHere(entry.Name))) check.Equal(single.Name, single.Value.GetString()!, TypePromotion.Of(One(single.Name), One(single.Name)).Name);
    }

    static Tensor One(string dtype) => Argument(dtype) switch
    {
        int number => number,
        double number => number,
        bool truth => truth,
        var tensor => (Tensor)tensor,
    };

    // The original knows them by name, and refuses to combine them.
    static bool IsHere(string dtype) => !dtype.StartsWith("float8", StringComparison.Ordinal);
}
