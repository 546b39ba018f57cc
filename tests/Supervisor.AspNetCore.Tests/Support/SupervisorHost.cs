using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VmSupervisor.AspNetCore;
using VmSupervisor.Doctor;
using VmSupervisor.Vms;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Support;

/// <summary>The API over a real unix socket in a directory of its own.</summary>
internal sealed class SupervisorHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly bool ownsDirectory;

    private SupervisorHost(WebApplication app, string directory, bool ownsDirectory, FakeSupervisor supervisor)
    {
        this.app = app;
        this.ownsDirectory = ownsDirectory;
        Directory = directory;
        Supervisor = supervisor;
        Client = NewClient();
    }

    public FakeSupervisor Supervisor { get; }

    /// <summary>Every route with a method, as it is mapped.</summary>
    public IReadOnlyList<(string Method, string Pattern)> Routes =>
    [
        .. from endpoint in ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
           from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
           select (method, endpoint.RoutePattern.RawText!),
    ];

    public HttpClient Client { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>Where it listens with TLS.</summary>
    public Uri TlsAddress => new(app.Urls.Single(url => url.StartsWith("https://", StringComparison.Ordinal)));

    public string Directory { get; }

    public string Socket => SocketIn(Directory);

    public static string SocketIn(string directory) => Path.Combine(directory, "vmsupd.sock");

    public static string NewDirectory()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("vmsup-http-").FullName;

        // Others must get as far as the socket.
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        return directory;
    }

    public static async Task<SupervisorHost> StartAsync(
        Action<VmSupervisorHttpOptions>? configure = null, string? directory = null, INodeDoctor? doctor = null, Action<IServiceCollection>? add = null, Action<WebApplication>? map = null,
        bool ownsDirectory = false)
    {
        ownsDirectory |= directory is null;
        directory ??= NewDirectory();
        var supervisor = new FakeSupervisor();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IVmSupervisor>(supervisor);
        if (doctor is not null)
            builder.Services.AddSingleton(doctor);
        add?.Invoke(builder.Services);
        builder.Services.AddVmSupervisorHttp(configure);
        builder.Services.AddVmSupervisorSocket(SocketIn(directory));
        var app = builder.Build();
        app.MapVmSupervisor();
        map?.Invoke(app);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new(app, directory, ownsDirectory, supervisor);
    }

    public HttpClient NewClient() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://vmsupd"),
        Timeout = TimeSpan.FromMinutes(2),
    };

    public async Task<(int Status, JsonElement Body, HttpResponseMessage Response)> SendAsync(
        string method, string path, string? body = null, string? key = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 || text[0] is not ('{' or '[') ? default : JsonDocument.Parse(text).RootElement, response);
    }

    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        if (ownsDirectory)
            System.IO.Directory.Delete(Directory, recursive: true);
    }
}
