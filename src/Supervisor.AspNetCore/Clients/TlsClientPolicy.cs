using Microsoft.AspNetCore.Http;
using VmSupervisor.AspNetCore.Access;
using VmSupervisor.AspNetCore.Access.Tokens;
using VmSupervisor.Contracts;

namespace VmSupervisor.AspNetCore.Clients;

/// <summary>Who asks on the clients' address: whom a bearer token names, otherwise whom the connection's certificate names.</summary>
internal static class TlsClientPolicy
{
    private const string Scheme = "Bearer ";

    public static AccessDecision Decide(HttpContext http, TlsClient client, TokenStore? tokens, IEnumerable<AccessRule> rules)
    {
        var headers = http.Request.Headers;

        // A browser sends its certificate along with what any web page makes it ask; no page is served from here.
        if (headers.Origin.Count > 0)
            return Denied(client, "not allowed: web pages are not served here (the request has an Origin)", unproved: false);
        if (headers.Authorization is { Count: > 0 } authorization)
            return authorization is [{ } header] ? ByToken(client, header, tokens) : Denied(client, "not allowed: found several Authorization headers, allowed is one");
        return client.Certificate is { } name
            ? ByCertificate(client, name, rules)
            : Denied(client, "not allowed: nobody knows who asks; show a certificate of the cluster's CA or a token (Authorization: Bearer, see vmsup token create)");
    }

    private static AccessDecision ByToken(TlsClient client, string header, TokenStore? tokens)
    {
        // Nothing of the header is repeated: there may be a secret in it, whatever it is.
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return Denied(client, "not allowed: the Authorization header is not of the form Bearer TOKEN");
        if (tokens is null)
            return Denied(client, "not allowed: this supervisor has no tokens");
        var (token, ended, why) = tokens.Find(header[Scheme.Length..].Trim());
        if (token is null)
            return Denied(client, $"not allowed: the token does not count: {why}");
        client.Place.Prove();
        return new AccessDecision.Allowed(new Identity(new Caller($"token {token.Name} from {client.From}"), [token.Grant])
        {
            Key = $"token {token.Id}",
            Ended = ended,
        });
    }

    private static AccessDecision ByCertificate(TlsClient client, string name, IEnumerable<AccessRule> rules)
    {
        var grants = rules.Where(rule => rule.Who is Principal.Certificate certificate && certificate.CommonName == name).Select(rule => rule.Grant).ToValueList();
        if (grants.Count == 0)
            return Denied(client, $"not allowed: the certificate of '{name}' has no role here (vmsup.access)", unproved: false);
        client.Place.Prove();
        return new AccessDecision.Allowed(new Identity(new Caller($"certificate {name} from {client.From}"), grants) { Key = $"certificate {name}" });
    }

    private static AccessDecision.Denied Denied(TlsClient client, string reason, bool unproved = true) => new(reason)
    {
        By = client.Certificate is { } name ? $"certificate {name} from {client.From}" : $"somebody from {client.From}",
        Key = $"address {client.Address}",
        Unproved = unproved,
    };
}
