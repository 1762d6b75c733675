namespace Tapestry.Kernels.Loops;

/// <summary>
/// Masks for the end of a row. The elements behind the last whole unit of 64 bytes are read as the unit that ends where the row ends; a mask says which
/// of its lanes were not read before.
/// </summary>
static unsafe class RestMask
{
    /// <summary>Bytes of a unit: the widest vector, or several narrower ones.</summary>
    internal const int UnitBytes = 64;

    static readonly byte[] table = Create();

    /// <summary>A unit of clear bytes and a unit of set ones behind it; it never moves.</summary>
    internal static readonly byte* Table = (byte*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(table, 0);

    /// <summary>The mask of a unit of which only the last bytes count.</summary>
    internal static byte* For(nint bytes) => Table + bytes;

    static byte[] Create()
    {
        var bytes = GC.AllocateArray<byte>(2 * UnitBytes, pinned: true);
        bytes.AsSpan(UnitBytes).Fill(0xFF);
        return bytes;
    }
}
