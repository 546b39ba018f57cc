namespace VmSupervisor.EndToEnd.Tests.Support;

/// <summary>A file system of its own, mounted where a node has its state; unmounted and gone afterwards. Needs root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string directory;
    private readonly string? image;

    private SmallDisk(string directory, string? image) => (this.directory, this.image) = (directory, image);

    private string Filler => Path.Combine(directory, "filler");

    /// <summary>In memory.</summary>
    public static async Task<SmallDisk> InMemoryAsync(string directory, string size)
    {
        await ShAsync("mkdir -p \"$1\" && mount -t tmpfs -o size=$2,mode=0700 vmsup-test \"$1\"", directory, size);
        return new(directory, null);
    }

    /// <summary>An ext4 in a file, behind a loop device that the kernel lets go of with the mount.</summary>
    public static async Task<SmallDisk> Ext4Async(string directory, string image)
    {
        await ShAsync("truncate -s 96M \"$2\" && mkfs.ext4 -q \"$2\" && mkdir -p \"$1\" && mount -o loop \"$2\" \"$1\"", directory, image);
        return new(directory, image);
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var portion = 1 << 20; portion > 0; portion /= 2)
        {
            try
            {
                while (true)
                    filler.Write(new byte[portion]);
            }
            catch (IOException)
            {
                // No room for so much; for less there may be.
            }
        }
    }

    public void Free() => File.Delete(Filler);

    /// <summary>Nothing can be written to a file any more, also by who has it open: an I/O error of the journal's.</summary>
    public static Task ForbidWritesAsync(string file) => ShAsync("chattr +i \"$1\"", file);

    public static Task AllowWritesAsync(string file) => ShAsync("chattr -i \"$1\"", file);

    public async ValueTask DisposeAsync()
    {
        await ShAsync("umount \"$1\"", directory);
        if (image is not null)
            File.Delete(image);
    }

    private static async Task ShAsync(string script, params string[] arguments) =>
        (await Programs.RunAsync("sh", ["-c", script, "sh", .. arguments])).Expect(0);
}
