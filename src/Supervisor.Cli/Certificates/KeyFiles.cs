using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using VmSupervisor.Client;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Cli.Certificates;

/// <summary>Certificates and private keys in a directory, as <c>NAME.pem</c> and <c>NAME.key</c>. Nothing is overwritten.</summary>
internal sealed class KeyFiles(string directory)
{
    public const string Authority = "ca";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <exception cref="VmsupException">They exist, or cannot be written.</exception>
    public (string Certificate, string Key) Write(string name, string certificate, string key)
    {
        var (certificateFile, keyFile) = (PathOf(name, "pem"), PathOf(name, "key"));
        try
        {
            Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
            foreach (var file in new[] { certificateFile, keyFile })
            {
                if (Path.Exists(file))
                    throw new VmsupException(new Problem(ProblemKind.Conflict, $"{file} exists, and nothing is overwritten"));
            }

            WriteNew(keyFile, key, OwnerOnly);
            WriteNew(certificateFile, certificate, Everybody);
            return (certificateFile, keyFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    /// <summary>The CA with its key.</summary>
    /// <exception cref="VmsupException">There is none, or it cannot be read.</exception>
    public X509Certificate2 ReadAuthority()
    {
        var (certificate, key) = (PathOf(Authority, "pem"), PathOf(Authority, "key"));
        if (!File.Exists(certificate) || !File.Exists(key))
            throw new VmsupException(new Problem(ProblemKind.NotFound, $"there is no CA in {directory} (ca.pem, ca.key): vmsup node init-ca {directory} makes one"));
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Failed(e);
        }
    }

    private static void WriteNew(string file, string text, UnixFileMode mode)
    {
        using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
        using var writer = new StreamWriter(stream);
        writer.Write(text.TrimEnd('\n') + "\n");
    }

    private string PathOf(string name, string kind) => Path.Combine(Path.GetFullPath(directory), $"{name}.{kind}");

    private static VmsupException Failed(Exception e) => new(new Problem(ProblemKind.Failed, e.Message), innerException: e);
}
