using Tapestry.Kernels.Gemm;

namespace Tapestry.Tests.Kernels.Gemm;

[Trait("Category", "Quick")]
public sealed class ItemCutTests
{
    [Theory]
    [InlineData(1, 1, 1, false, false)]
    [InlineData(2, 1, 1, true, false)]
    [InlineData(1, 2, 1, true, true)]
    [InlineData(3, 2, 2, true, false)]
    [InlineData(2, 3, 4, true, true)]
    [InlineData(2, 1, 8, true, false)]
    [InlineData(2, 2, 4, false, false)]
    public void EveryPanelLiesInOneItemAndNoItemIsEmpty(int rowParts, int columnParts, int stretches, bool givesAway, bool alongColumns)
    {
        var cut = new ItemCut(rowParts, columnParts, stretches, givesAway, alongColumns);
        foreach (var rows in new[] { rowParts * 8, (rowParts * 8) + 1, 131 })
        {
            foreach (var columns in new[] { columnParts * 8, (columnParts * 9) - 1, 77 })
            {
                var visits = new int[rows, columns];
                for (var index = 0; index < cut.Count; index++)
                {
                    cut.Locate(index, rows, columns, out var firstRow, out var endRow, out var firstColumn, out var endColumn);
                    Assert.True(firstRow < endRow && firstColumn < endColumn, $"Item {index} of {rows} x {columns} panels is empty.");
                    for (var row = firstRow; row < endRow; row++)
                    {
                        for (var column = firstColumn; column < endColumn; column++)
                            visits[row, column]++;
                    }
                }

                Assert.All(visits.Cast<int>(), count => Assert.Equal(1, count));
            }
        }
    }

    [Fact]
    public void WhatIsGivenAwayIsTheLastEighthOfEveryPart()
    {
        var cut = new ItemCut(1, 2, 1, true, true);
        Assert.Equal(4, cut.Count);
        var starts = new List<(int, int)>();
        for (var index = 0; index < cut.Count; index++)
        {
            cut.Locate(index, 5, 32, out var firstRow, out var endRow, out var firstColumn, out var endColumn);
            Assert.Equal((0, 5), (firstRow, endRow));
            starts.Add((firstColumn, endColumn));
        }

        Assert.Equal([(0, 14), (14, 16), (16, 30), (30, 32)], starts);
    }
}
