using System.Runtime.InteropServices;

namespace Tapestry.Kernels.Gemm;

// Numbers as type arguments: the number is the type's size. The just-in-time compiler knows sizeof when it reads the method, so branches on it cost nothing, not even
// compile time, and one source serves every tile height and width.

/// <summary>The number 1.</summary>
[StructLayout(LayoutKind.Sequential, Size = 1)]
readonly struct N1;

/// <summary>The number 2.</summary>
[StructLayout(LayoutKind.Sequential, Size = 2)]
readonly struct N2;

/// <summary>The number 3.</summary>
[StructLayout(LayoutKind.Sequential, Size = 3)]
readonly struct N3;

/// <summary>The number 4.</summary>
[StructLayout(LayoutKind.Sequential, Size = 4)]
readonly struct N4;

/// <summary>The number 5.</summary>
[StructLayout(LayoutKind.Sequential, Size = 5)]
readonly struct N5;

/// <summary>The number 6.</summary>
[StructLayout(LayoutKind.Sequential, Size = 6)]
readonly struct N6;

/// <summary>The number 7.</summary>
[StructLayout(LayoutKind.Sequential, Size = 7)]
readonly struct N7;

/// <summary>The number 8.</summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
readonly struct N8;

/// <summary>The number 9.</summary>
[StructLayout(LayoutKind.Sequential, Size = 9)]
readonly struct N9;

/// <summary>The number 10.</summary>
[StructLayout(LayoutKind.Sequential, Size = 10)]
readonly struct N10;

/// <summary>The number 11.</summary>
[StructLayout(LayoutKind.Sequential, Size = 11)]
readonly struct N11;

/// <summary>The number 12.</summary>
[StructLayout(LayoutKind.Sequential, Size = 12)]
readonly struct N12;
