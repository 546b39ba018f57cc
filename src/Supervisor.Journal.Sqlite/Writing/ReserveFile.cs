using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.Journal.Sqlite.Native;

namespace VmSupervisor.Journal.Sqlite.Writing;

/// <summary>The reserve as a file beside the database, its blocks allocated. Giving it back is deleting it.</summary>
internal sealed class ReserveFile(string path, long bytes) : ISpaceReserve
{
    public bool IsHeld { get; private set; }

    public bool TryRelease()
    {
        if (!IsHeld)
            return false;
        IsHeld = false;
        return TryDelete();
    }

    public bool TryRestore()
    {
        if (IsHeld)
            return true;
        using (var file = Libc.Open(path, Libc.ReadWrite | Libc.CreateFile | Libc.CloseOnExec, Libc.OwnerOnly))
        {
            // Also when it is there and long enough: a copy of it may have holes.
            IsHeld = !file.IsInvalid && Libc.PosixFallocate(file, 0, bytes) == 0;
        }
        if (!IsHeld)
            TryDelete(); // What it got of the space would be missing where there is too little already.
        return IsHeld;
    }

    private bool TryDelete()
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
