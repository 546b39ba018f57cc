using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.Actors.Persistence.Batching;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Vms.Journal;

namespace VmSupervisor.AspNetCore.Nodes;

/// <summary><c>GET /v1/node/journal</c> examines the journal, <c>POST /v1/node/journal/backup</c> copies it.</summary>
internal static class JournalRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map("/v1/node/journal", new Method(HttpMethods.Get, VerifyAsync));
        routes.Map("/v1/node/journal/backup", new Method(HttpMethods.Post, BackUpAsync));
    }

    private static async Task<Answer> VerifyAsync(ApiRequest request)
    {
        try
        {
            return Answer.Ok(await Of(request).VerifyAsync(request.Aborted));
        }
        catch (Exception e) when (e is IOException or JournalException)
        {
            return Answer.Problem(ProblemKind.Failed, $"the journal cannot be examined: {e.Message}");
        }
    }

    private static async Task<Answer> BackUpAsync(ApiRequest request)
    {
        var wish = RequestBody.Read<BackupRequest>(await RequestBody.ReadAsync(request));
        if (!wish.File.StartsWith('/') || wish.File.Contains('\0') || wish.File.EndsWith('/'))
            throw AnswerException.Invalid($"file: found '{wish.File}', allowed is the absolute path of a file");
        var file = Path.GetFullPath(wish.File);
        if (Path.Exists(file))
            return Answer.Problem(ProblemKind.Conflict, $"the journal is not backed up: {file} exists, and nothing is overwritten");
        try
        {
            var view = await Of(request).BackUpAsync(file, request.Caller, request.Aborted);
            await request.Access.NoteChangeAsync(request.Identity, null, "journal-backed-up", view.File);
            return Answer.Ok(view);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JournalException)
        {
            return Answer.Problem(ProblemKind.Failed, $"the journal is not backed up: {e.Message}");
        }
    }

    private static INodeJournal Of(ApiRequest request) =>
        request.Http.RequestServices.GetService<INodeJournal>() ?? throw AnswerException.NotFound("this node's journal is not kept by the supervisor");
}
