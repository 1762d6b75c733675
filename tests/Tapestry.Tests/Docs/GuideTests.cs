using System.Text.RegularExpressions;

namespace Tapestry.Tests.Docs;

/// <summary>What the guide for newcomers quotes and points to is there.</summary>
[Trait("Category", "Quick")]
public partial class GuideTests
{
    static readonly string Guide = File.ReadAllText(Repository.PathOf("docs", "adding-things.md"));

    [Fact]
    public void QuotedRowsAreThoseOfTheTests()
    {
        var contracts = string.Concat(Directory.GetFiles(Repository.PathOf("tests", "Tapestry.Tests", "Contracts"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var quoted = Rows().Matches(Guide).Select(match => match.Groups[1].Value).ToArray();
        Assert.True(quoted.Length >= 6, "the guide quotes rows");
        Assert.All(quoted, row => Assert.Contains(row, contracts));
    }

    [Fact]
    public void FilesThatItNamesExist()
    {
        var named = Files().Matches(Guide).Select(match => match.Groups[1].Value).Where(path => !path.Contains('<', StringComparison.Ordinal)).ToArray();
        Assert.True(named.Length >= 10, "the guide names files");
        Assert.All(named, path => Assert.True(
            File.Exists(Repository.PathOf(path)) || File.Exists(Repository.PathOf("src", "Tapestry", path)) || File.Exists(Repository.PathOf("tests", "Tapestry.Tests", path)), $"{path} does not exist"));
    }

    [GeneratedRegex(@"`((?:new\(new |public class |protected override |Singular = )[^`]+)`")]
    private static partial Regex Rows();

    [GeneratedRegex(@"`([\w<>/.]+\.cs)`")]
    private static partial Regex Files();
}
