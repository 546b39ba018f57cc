using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Text;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Access.Tokens;

/// <summary><c>/v1/tokens</c>: the bearer tokens of this node, shown, made and revoked.</summary>
internal static class TokenRoutes
{
    public static void Map(RouteTable routes)
    {
        routes.Map(
            "/v1/tokens",
            new Method(HttpMethods.Get, request => Task.FromResult(Answer.Ok(Of(request).List()))),
            new Method(HttpMethods.Post, CreateAsync));
        routes.Map("/v1/tokens/{token}", new Method(HttpMethods.Delete, RevokeAsync));
    }

    private static async Task<Answer> CreateAsync(ApiRequest request)
    {
        var wish = RequestBody.Read<TokenRequest>(await RequestBody.ReadAsync(request));
        if (!TokenStore.IsName(wish.Name))
            throw AnswerException.Invalid($"name: found '{wish.Name}', allowed: {TokenStore.Names}");
        if (wish.Lifetime is { } lifetime && (lifetime <= TimeSpan.Zero || lifetime > TokenStore.LongestLifetime))
            throw AnswerException.Invalid($"lifetime: found {Duration.Format(lifetime)}, allowed is more than 0 and at most {TokenStore.LongestLifetime.TotalDays:0} days");
        if (wish.Vms is { Count: 0 })
            throw AnswerException.Invalid("vms: found none, allowed is at least one; or null for all");
        try
        {
            var made = Of(request).Create(wish, request.Caller);
            var vms = made.Token.Vms is { } only ? $" of vm {string.Join(", ", only)} only" : "";
            await request.Access.NoteChangeAsync(
                request.Identity, null, "token-created",
                string.Create(CultureInfo.InvariantCulture, $"token {made.Token.Name} ({made.Token.Id}), {EnumNames<Role>.Of(made.Token.Role)}{vms}, until {made.Token.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z"));
            return new Answer.Json(StatusCodes.Status201Created, made, typeof(NewTokenView), null);
        }
        catch (InvalidOperationException e)
        {
            return Answer.Problem(ProblemKind.Conflict, e.Message);
        }
        catch (IOException e)
        {
            return Answer.Problem(ProblemKind.Failed, $"the token cannot be stored: {e.Message}");
        }
    }

    private static async Task<Answer> RevokeAsync(ApiRequest request)
    {
        var name = request.Route("token");
        try
        {
            if (Of(request).Revoke(name) is not { } revoked)
                return Answer.Problem(ProblemKind.NotFound, $"token {name}: there is none of that name or id");
            await request.Access.NoteChangeAsync(request.Identity, null, "token-revoked", $"token {revoked.Name} ({revoked.Id})");
            return Answer.Ok(revoked);
        }
        catch (IOException e)
        {
            return Answer.Problem(ProblemKind.Failed, $"the token is not revoked, since that cannot be stored: {e.Message}");
        }
    }

    private static TokenStore Of(ApiRequest request) =>
        request.Http.RequestServices.GetService<TokenStore>() ?? throw AnswerException.NotFound("this supervisor has no tokens");
}
