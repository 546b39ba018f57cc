using VmSupervisor.Hocon;

namespace VmSupervisor.Daemon.Configuration;

/// <summary>Sections about what carries the VMs: <c>vmsup.actors</c> and <c>vmsup.http</c>.</summary>
internal static class ServiceSections
{
    public static ActorOptions ReadActors(HoconReader vmsup)
    {
        var actors = Checked.Section(vmsup, "actors", "throughput", "recovery-permits", "recovery-timeout");
        return new ActorOptions(
            Checked.Int(actors, "throughput", 1, 100_000),
            Checked.Int(actors, "recovery-permits", 1, 100_000),
            Checked.Duration(actors, "recovery-timeout"));
    }

    public static HttpOptions ReadHttp(HoconReader vmsup, bool hasCertificates)
    {
        var http = Checked.Section(vmsup, "http", "listen", "max-connections", "requests-per-second", "headers-timeout", "body-timeout", "max-request-body", "events-keep-alive", "send-timeout");
        return new HttpOptions(
            PeerSection.Listen(http, hasCertificates), Checked.Int(http, "max-connections", 1, 100_000),
            Checked.Int(http, "requests-per-second", 1, 1_000_000), Checked.Duration(http, "headers-timeout"), Checked.Duration(http, "body-timeout"),
            http.Size("max-request-body", min: 1024) ?? 1024, Checked.Duration(http, "events-keep-alive"), Checked.Duration(http, "send-timeout"));
    }
}
