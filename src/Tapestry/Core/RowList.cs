namespace Tapestry;

/// <summary>
/// What a tensor consists of that is zero but for some rows: row i of <see cref="Values"/> is added at row i of <see cref="Indices"/>. The tensor gets memory of its own
/// when somebody reads it, and stays a list of rows for those who ask.
/// </summary>
sealed class RowList(Tensor values, Tensor indices, IRowSum sum)
{
    /// <summary>The rows: the dimensions of the indices, then those of a row.</summary>
    internal Tensor Values => values;

    /// <summary>Where they belong, in any number of dimensions.</summary>
    internal Tensor Indices => indices;

    /// <summary>What adds them up.</summary>
    internal IRowSum Sum => sum;

    /// <summary>The owner of the memory, once there is some.</summary>
    internal object? Block { get; set; }

    /// <summary>Writes all elements of the tensor.</summary>
    internal void Fill(Tensor dense) => sum.Fill(this, dense);
}

/// <summary>Adds up the rows of a list.</summary>
interface IRowSum
{
    /// <summary>Writes zeros with the rows added.</summary>
    void Fill(RowList rows, Tensor dense);
}
