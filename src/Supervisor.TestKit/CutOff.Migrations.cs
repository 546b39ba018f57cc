using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Domain;
using VmSupervisor.Migration;
using VmSupervisor.Qemu;
using VmSupervisor.Resources;

namespace VmSupervisor.TestKit;

// What only a migration asks of the world.
internal sealed partial class CutOff
{
    private sealed class MigrationsSide(CutOff side, IMigrations inner) : IMigrations
    {
        public Task<string?> WhyNotHereAsync(VmDefinition definition, CancellationToken cancellationToken) =>
            side.Pass(token => inner.WhyNotHereAsync(definition, token), cancellationToken);

        public Task<Accelerator?> AcceleratorAsync(ProcessKey key, CancellationToken cancellationToken) =>
            side.Pass(token => inner.AcceleratorAsync(key, token), cancellationToken);

        public Task<MonitorResult> BeginAsync(ProcessKey key, MigrationRequest request, CancellationToken cancellationToken) =>
            side.Pass(token => inner.BeginAsync(key, request, token), cancellationToken);

        public Task<MigrationStage> FollowAsync(ProcessKey key, MigrationStage? known, Action<MigrationProgress> progress, CancellationToken cancellationToken) =>
            side.Pass(token => inner.FollowAsync(key, known, side.Unless(progress), token), cancellationToken);

        public Task<MonitorResult> SwitchOverAsync(ProcessKey key, CancellationToken cancellationToken) =>
            side.Pass(token => inner.SwitchOverAsync(key, token), cancellationToken);

        public Task<MonitorResult> TuneAsync(ProcessKey key, MigrationLimits limits, CancellationToken cancellationToken) =>
            side.Pass(token => inner.TuneAsync(key, limits, token), cancellationToken);

        public Task<MonitorResult> StartPostcopyAsync(ProcessKey key, CancellationToken cancellationToken) =>
            side.Pass(token => inner.StartPostcopyAsync(key, token), cancellationToken);

        public Task<MonitorResult> RecoverAsync(ProcessKey key, MigrationAddress address, CancellationToken cancellationToken) =>
            side.Pass(token => inner.RecoverAsync(key, address, token), cancellationToken);

        public Task<MigrationStage> CancelAsync(ProcessKey key, CancellationToken cancellationToken) =>
            side.Pass(token => inner.CancelAsync(key, token), cancellationToken);

        public Task<ListenResult> ListenAsync(ProcessKey key, ListenRequest request, CancellationToken cancellationToken) =>
            side.Pass(token => inner.ListenAsync(key, request, token), cancellationToken);

        public Task<ListenResult> ListenAgainAsync(ProcessKey key, ListenPlace place, CancellationToken cancellationToken) =>
            side.Pass(token => inner.ListenAgainAsync(key, place, token), cancellationToken);

        public Task<IncomingStage> FollowIncomingAsync(ProcessKey key, IncomingStage? known, CancellationToken cancellationToken) =>
            side.Pass(token => inner.FollowIncomingAsync(key, known, token), cancellationToken);
    }

    private sealed class PeersSide(CutOff side, IConversation inner) : IConversation
    {
        public IReadOnlyList<string> Nodes => inner.Nodes;

        public string? TlsDirectory => inner.TlsDirectory;

        public bool IsConnected(string node) => inner.IsConnected(node);

        public Task<CheckAnswer> CheckAsync(string target, Offer offer, CancellationToken cancellationToken) =>
            side.Pass(token => inner.CheckAsync(target, offer, token), cancellationToken);

        public Task<PrepareAnswer> PrepareAsync(
            MigrationSession session, Offer offer, MigrationPlan plan, bool wasRunning, CancellationToken cancellationToken) =>
            side.Pass(token => inner.PrepareAsync(session, offer, plan, wasRunning, token), cancellationToken);

        public Task<VerdictAnswer> TellAsync(VmId vm, PeerNote note, CancellationToken cancellationToken) =>
            side.Pass(token => inner.TellAsync(vm, note, token), cancellationToken);

        public Task<string> RenewAsync(MigrationSession session, CancellationToken cancellationToken) =>
            side.Pass(token => inner.RenewAsync(session, token), cancellationToken);

        public IAsyncDisposable OpenTunnel(MigrationSession session, string what, string socket) => inner.OpenTunnel(session, what, socket);

        public Task<WaitAnswer> AskSourceAsync(VmId vm, MigrationSession session, CancellationToken cancellationToken) =>
            side.Pass(token => inner.AskSourceAsync(vm, session, token), cancellationToken);

        public Task<string> SilenceAsync(MigrationSession session, CancellationToken cancellationToken) =>
            side.Pass(token => inner.SilenceAsync(session, token), cancellationToken);

        public IDisposable AdmitTunnel(MigrationSession session, string what, string socket) => inner.AdmitTunnel(session, what, socket);

        public ListenAddress? PlaceFor(MigrationSession session, MigrationTransport transport) => inner.PlaceFor(session, transport);
    }

    private sealed class MirrorsSide(CutOff side, IMirrors inner) : IMirrors
    {
        public Task<ExportResult> ExportAsync(ProcessKey key, ExportRequest request, CancellationToken cancellationToken) =>
            side.Pass(token => inner.ExportAsync(key, request, token), cancellationToken);

        public Task<MonitorResult> StopExportsAsync(ProcessKey key, CancellationToken cancellationToken) =>
            side.Pass(token => inner.StopExportsAsync(key, token), cancellationToken);

        public Task<DiskSizes> SizesAsync(ProcessKey key, CancellationToken cancellationToken) => side.Pass(token => inner.SizesAsync(key, token), cancellationToken);

        public Task<MonitorResult> BeginAsync(ProcessKey key, MirrorRequest request, CancellationToken cancellationToken) =>
            side.Pass(token => inner.BeginAsync(key, request, token), cancellationToken);

        public Task<MirrorStage> FollowAsync(
            ProcessKey key, MirrorRequest request, MirrorStage? known, Action<MirrorProgress> progress, CancellationToken cancellationToken) =>
            side.Pass(token => inner.FollowAsync(key, request, known, side.Unless(progress), token), cancellationToken);

        public Task<MonitorResult> TuneAsync(ProcessKey key, MirrorRequest request, long? bytesPerSecond, CancellationToken cancellationToken) =>
            side.Pass(token => inner.TuneAsync(key, request, bytesPerSecond, token), cancellationToken);

        public Task<MirrorStage> CompleteAsync(ProcessKey key, MirrorRequest request, CancellationToken cancellationToken) =>
            side.Pass(token => inner.CompleteAsync(key, request, token), cancellationToken);

        public Task<MonitorResult> CancelAsync(ProcessKey key, MirrorRequest request, CancellationToken cancellationToken) =>
            side.Pass(token => inner.CancelAsync(key, request, token), cancellationToken);
    }

    private sealed class SharedStorageSide(CutOff side, ISharedStorage inner) : ISharedStorage
    {
        public Task<NonceResult> WriteNonceAsync(string session, string image, CancellationToken cancellationToken) =>
            side.Pass(token => inner.WriteNonceAsync(session, image, token), cancellationToken);

        public Task<StorageSight> SeesAsync(string image, string token, CancellationToken cancellationToken) =>
            side.Pass(either => inner.SeesAsync(image, token, either), cancellationToken);

        public Task<FileResult> RemoveNonceAsync(string session, string image, CancellationToken cancellationToken) =>
            side.Pass(token => inner.RemoveNonceAsync(session, image, token), cancellationToken);
    }

    private sealed class ImagesSide(CutOff side, ISessionImages inner) : ISessionImages
    {
        public Task<FileResult> CheckAsync(string path, CancellationToken cancellationToken) => side.Pass(token => inner.CheckAsync(path, token), cancellationToken);

        public Task<FileResult> CreateAsync(string session, NewImage image, CancellationToken cancellationToken) =>
            side.Pass(token => inner.CreateAsync(session, image, token), cancellationToken);

        public Task<FileResult> KeepAsync(string session, string path, CancellationToken cancellationToken) =>
            side.Pass(token => inner.KeepAsync(session, path, token), cancellationToken);

        public Task<FileResult> RemoveAsync(string session, string path, CancellationToken cancellationToken) =>
            side.Pass(token => inner.RemoveAsync(session, path, token), cancellationToken);

        public Task<FileResult> RemoveMovedAsync(string path, CancellationToken cancellationToken) =>
            side.Pass(token => inner.RemoveMovedAsync(path, token), cancellationToken);
    }
}
