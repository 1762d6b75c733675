namespace Tapestry;

/// <summary>
/// All operations on tensors, by their TensorFlow names: <c>Ops.MatMul(a, b)</c>. Each is declared in the file of its operation as an
/// extension of this class, so that adding one touches nothing else.
/// </summary>
public static class Ops;
