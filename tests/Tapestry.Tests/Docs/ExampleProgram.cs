using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Tapestry.Tests.Docs;

/// <summary>Compiles an example as a program of its own, with the namespaces of the product in scope, and runs it.</summary>
static class ExampleProgram
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    static readonly string[] Namespaces = ["Tapestry", "Tapestry.Keras", "Tapestry.Keras.Layers"];

    static readonly CSharpParseOptions Language = new(LanguageVersion.Preview);

    static readonly Lazy<MetadataReference[]> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(path => path.Length > 0).Select(path => MetadataReference.CreateFromFile(path))]);

    static readonly Lazy<SyntaxTree> Usings = new(() =>
    {
        var known = typeof(Tensor).Assembly.GetExportedTypes().Select(type => type.Namespace).ToHashSet();
        var names = new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq" }.Concat(Namespaces.Where(known.Contains));
        return CSharpSyntaxTree.ParseText(string.Concat(names.Select(name => $"global using {name};\n")), Language);
    });

    /// <summary>Compiles an example, behind those that it continues.</summary>
    /// <returns>The program, and the errors with the lines of the page that they are in.</returns>
    internal static (byte[]? Program, string[] Errors) Compile(params IReadOnlyList<Example> parts)
    {
        var code = string.Concat(parts.Select(part => $"#line {part.Line} \"{part.Source}\"\n{part.Code}\n"));
        // Types may stand anywhere in an example, but the language wants them behind the statements of a program; several parts may bring their own usings.
        var root = CSharpSyntaxTree.ParseText(code, Language).GetCompilationUnitRoot();
        var types = root.Members.Where(member => member is not Microsoft.CodeAnalysis.CSharp.Syntax.GlobalStatementSyntax).ToArray();
        var statements = root.Members.Except(types);
        var ordered = string.Concat(root.Usings.Select(each => each.ToFullString()).Concat(statements.Concat(types).Select(WithLine)));
        var tree = CSharpSyntaxTree.ParseText(ordered, Language);
        var hasStatements = root.Members.Count > types.Length;
        var options = new CSharpCompilationOptions(hasStatements ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
        var compilation = CSharpCompilation.Create("Example", [Usings.Value, tree], References.Value, options);
        using var program = new MemoryStream();
        var result = compilation.Emit(program, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
        var errors = result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error).Select(Text).ToArray();
        return (errors.Length == 0 ? program.ToArray() : null, errors);
    }

    /// <summary>Runs a program in an empty folder and gives what it prints.</summary>
    internal static string Run(byte[] program)
    {
        var entry = Assembly.Load(program).EntryPoint;
        if (entry is null) return "";
        var (console, folder) = (Console.Out, Environment.CurrentDirectory);
        var scratch = Directory.CreateTempSubdirectory("example");
        var output = new StringWriter();
        try
        {
            Console.SetOut(TextWriter.Synchronized(output));
            Environment.CurrentDirectory = scratch.FullName;
            var run = Task.Factory.StartNew(() => entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]), TaskCreationOptions.LongRunning);
            if (!run.Wait(Patience)) throw new TimeoutException($"The example did not end within {Patience.TotalSeconds} seconds. It printed:\n{output}");
        }
        catch (AggregateException fault) when (fault.InnerException is TargetInvocationException { InnerException: { } inner })
        {
            throw new InvalidOperationException($"The example failed: {inner}\nIt had printed:\n{output}", inner);
        }
        finally
        {
            Console.SetOut(console);
            Environment.CurrentDirectory = folder;
            scratch.Delete(recursive: true);
        }

        return output.ToString().ReplaceLineEndings("\n").TrimEnd();
    }

    // The line directives of moved code would not go with it, so each part gets its own.
    static string WithLine(SyntaxNode node)
    {
        var place = node.GetLocation().GetMappedLineSpan();
        return $"\n#line {place.StartLinePosition.Line + 1} \"{place.Path}\"\n{node.ToString()}\n";
    }

    static string Text(Diagnostic found)
    {
        var place = found.Location.GetMappedLineSpan();
        return $"{place.Path}:{place.StartLinePosition.Line + 1}: {found.Id}: {found.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}";
    }
}
