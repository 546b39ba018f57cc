using VmSupervisor.Linux;

namespace VmSupervisor.Qemu.Launch;

/// <summary>
/// The boot of the host in which the node last owned its VMs. What is told of a process tells its boot; a life that has
/// none yet is of that one.
/// </summary>
internal sealed class LastBoot
{
    private readonly string _path;
    private readonly string _bootId;

    /// <param name="stateDirectory">Where it is kept, in the file <c>boot</c>.</param>
    /// <param name="bootId">The boot of now.</param>
    public LastBoot(string stateDirectory, string bootId)
    {
        _path = Path.Combine(stateDirectory, "boot");
        _bootId = bootId;
        IsOver = Read() is { } last && last != bootId;
    }

    /// <summary>Whether the host was rebooted since.</summary>
    public bool IsOver { get; private set; }

    /// <summary>
    /// All lives of earlier boots are known for what they are. That it cannot be written costs the right word for a life
    /// that ends with the host before it has a process, nothing else.
    /// </summary>
    public void Remember()
    {
        IsOver = false;
        try
        {
            if (Read() != _bootId)
                DurableFile.Replace(_path, _bootId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As said.
        }
    }

    private string? Read()
    {
        try
        {
            return File.Exists(_path) ? File.ReadAllText(_path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
