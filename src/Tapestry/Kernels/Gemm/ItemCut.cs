namespace Tapestry.Kernels.Gemm;

/// <summary>
/// How a product is cut into work items: equal parts of its rows and columns, which are for one thread each, and in every part stretches along one side
/// whose last one is short. A thread that is done early takes what another has not begun.
/// </summary>
/// <param name="rowParts">How many parts the rows are cut into.</param>
/// <param name="columnParts">How many parts the columns are cut into.</param>
/// <param name="stretches">How many equal stretches a part consists of: 1, 2, 4 or 8.</param>
/// <param name="givesAway">Whether what lies in the last eighth of a part is an item of its own.</param>
/// <param name="alongColumns">Whether stretches follow each other along the columns, or along the rows.</param>
readonly struct ItemCut(int rowParts, int columnParts, int stretches, bool givesAway, bool alongColumns)
{
    const int Eighths = 8;

    readonly int rowParts = rowParts, columnParts = columnParts, stretches = stretches, partItems = givesAway && stretches < Eighths ? stretches + 1 : stretches;
    readonly bool alongColumns = alongColumns;

    /// <summary>The product as one item.</summary>
    internal static ItemCut Whole => new(1, 1, 1, false, false);

    internal int Count => rowParts * columnParts * partItems;

    /// <summary>The panels of rows and columns of item number <paramref name="index"/>; there are none if the part has fewer than eight.</summary>
    internal void Locate(int index, int rowPanels, int columnPanels, out int firstRow, out int endRow, out int firstColumn, out int endColumn)
    {
        int part = index / partItems, item = index % partItems, row = part / columnParts, column = part % columnParts;
        int start = Start(item), end = Start(item + 1);
        if (alongColumns)
        {
            firstRow = Edge(row * Eighths, rowParts * Eighths, rowPanels);
            endRow = Edge((row + 1) * Eighths, rowParts * Eighths, rowPanels);
            firstColumn = Edge(column * Eighths + start, columnParts * Eighths, columnPanels);
            endColumn = Edge(column * Eighths + end, columnParts * Eighths, columnPanels);
        }
        else
        {
            firstRow = Edge(row * Eighths + start, rowParts * Eighths, rowPanels);
            endRow = Edge(row * Eighths + end, rowParts * Eighths, rowPanels);
            firstColumn = Edge(column * Eighths, columnParts * Eighths, columnPanels);
            endColumn = Edge((column + 1) * Eighths, columnParts * Eighths, columnPanels);
        }
    }

    static int Edge(int place, int places, int panels) => (int)((long)place * panels / places);

    /// <summary>Where an item of a part starts, in eighths of the part; the one behind the last starts at its end.</summary>
    int Start(int item) => item < stretches ? item * Eighths / stretches : item == partItems ? Eighths : Eighths - 1;
}
