namespace Tapestry.Kernels.Threading;

/// <summary>The work of one parallel loop: a structure holding what every index needs, called once per index.</summary>
interface IParallelBody
{
    /// <summary>Does the work of one index; several threads call it at once with different indices.</summary>
    void Invoke(int index);
}
