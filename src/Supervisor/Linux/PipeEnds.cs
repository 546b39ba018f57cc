namespace VmSupervisor.Linux;

/// <summary>Both ends of a pipe, to be inherited.</summary>
internal sealed class PipeEnds : IDisposable
{
    /// <exception cref="IOException">No descriptors are left.</exception>
    public unsafe PipeEnds()
    {
        var ends = stackalloc int[2];
        if (LibC.Pipe(ends, LibC.OpenCloseOnExec) != 0)
            throw LibC.Failure("cannot create a pipe");
        Read = new End(ends[0]);
        Write = new End(ends[1]);
    }

    public FileDescriptor Read { get; }

    public FileDescriptor Write { get; }

    public void Dispose()
    {
        Read.Dispose();
        Write.Dispose();
    }

    private sealed class End(int fd) : FileDescriptor(fd);
}
