namespace Tapestry.Compiler;

/// <summary>A product whose blocks a group finishes.</summary>
/// <param name="Node">The number of the product.</param>
/// <param name="Value">Its result as the group reads it, perhaps through views.</param>
/// <param name="Absorbed">The numbers of the product and of those views.</param>
sealed record FinishedProduct(int Node, GraphValue Value, NodeSet Absorbed);
