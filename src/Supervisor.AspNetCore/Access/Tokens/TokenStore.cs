using System.Text;
using System.Text.Json;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Linux;

namespace VmSupervisor.AspNetCore.Access.Tokens;

/// <summary>
/// The node's bearer tokens, in a file that is replaced whole, durably, before anybody is told of the change. A revoked or
/// expired token ends what its bearer has open.
/// </summary>
internal sealed class TokenStore : IDisposable
{
    /// <summary>More are a mistake of some program.</summary>
    public const int Most = 1000;

    public const string Names = "1 to 63 letters, digits and . _ -, beginning with a letter or digit";

    public static readonly TimeSpan UsualLifetime = TimeSpan.FromDays(90), LongestLifetime = TimeSpan.FromDays(3650);

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly string NoHash = new('0', 64);

    private readonly Lock _lock = new();
    private readonly string _file;
    private readonly TimeProvider _time;
    private Dictionary<string, StoredToken> _tokens;
    private readonly Dictionary<string, TokenLife> _lives = [];

    private TokenStore(string file, TimeProvider time, IEnumerable<StoredToken> tokens)
    {
        _file = file;
        _time = time;
        _tokens = tokens.ToDictionary(token => token.Id);
    }

    /// <summary>Reads the file; there need not be one.</summary>
    /// <exception cref="IOException">It cannot be read, or is no such file: nobody is let in by half of it.</exception>
    public static TokenStore Open(string file, TimeProvider time)
    {
        if (!File.Exists(file))
            return new(file, time, []);
        try
        {
            if (File.GetUnixFileMode(file) != OwnerOnly)
                File.SetUnixFileMode(file, OwnerOnly);
            return new(file, time, TokenFile.Read(File.ReadAllBytes(file)));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or UnauthorizedAccessException)
        {
            throw new IOException($"{file} cannot be read as tokens: {e.Message}; restore it, or remove it and make new tokens", e);
        }
    }

    /// <summary>All tokens, by name.</summary>
    public IReadOnlyList<TokenView> List()
    {
        var now = _time.GetUtcNow();
        lock (_lock)
            return [.. _tokens.Values.Select(token => token.ViewAt(now)).OrderBy(token => token.Name, StringComparer.Ordinal)];
    }

    /// <summary>Makes one; its text is in the answer and nowhere else.</summary>
    /// <exception cref="InvalidOperationException">There is one of that name, or there are too many; the message says so.</exception>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public NewTokenView Create(TokenRequest request, Caller by)
    {
        var now = _time.GetUtcNow();
        var secret = TokenSecret.New();
        var token = new StoredToken(
            secret.Id, secret.Hash(), request.Name, new Grant(request.Role, request.Vms), now, by.Name, now + (request.Lifetime ?? UsualLifetime));
        lock (_lock)
        {
            if (_tokens.Values.Any(other => other.Name == request.Name))
                throw new InvalidOperationException($"there is a token '{request.Name}' already; revoke it, or choose another name");
            if (_tokens.Count >= Most)
                throw new InvalidOperationException($"there are {_tokens.Count} tokens, as many as there may be; revoke some");
            Save(new(_tokens) { [token.Id] = token });
        }

        return new NewTokenView(token.ViewAt(now), secret.Reveal());
    }

    /// <summary>Makes one worthless, by its name or id; null when there is none.</summary>
    /// <exception cref="IOException">It cannot be stored; the token is still good then.</exception>
    public TokenView? Revoke(string nameOrId)
    {
        TokenLife? life;
        StoredToken? token;
        lock (_lock)
        {
            token = _tokens.Values.FirstOrDefault(one => one.Name == nameOrId) ?? _tokens.GetValueOrDefault(nameOrId);
            if (token is null)
                return null;
            var rest = new Dictionary<string, StoredToken>(_tokens);
            rest.Remove(token.Id);
            Save(rest);
            _lives.Remove(token.Id, out life);
        }

        life?.End();
        return token.ViewAt(_time.GetUtcNow());
    }

    /// <summary>The token of a text, and what is set off when it is worth nothing any more; or why the text is none that counts.</summary>
    public (StoredToken? Token, CancellationToken Ended, string WhyNot) Find(string text)
    {
        if (!TokenSecret.TryParse(text, out var secret))
            return (null, default, "it is no token of vmsup");
        lock (_lock)
        {
            var token = _tokens.GetValueOrDefault(secret.Id);

            // Also for one that is unknown, so that the time does not tell which are.
            var matches = secret.Matches(token?.Hash ?? NoHash);
            if (token is null || !matches)
                return (null, default, "it is unknown or was revoked");
            var left = token.ExpiresAt - _time.GetUtcNow();
            return left <= TimeSpan.Zero
                ? (null, default, $"the token '{token.Name}' has expired")
                : (token, LifeOf(token, left).Ended, "");
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var life in _lives.Values)
                life.Dispose();
            _lives.Clear();
        }
    }

    public static bool IsName(string text) =>
        text.Length is >= 1 and <= 63 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private TokenLife LifeOf(StoredToken token, TimeSpan left)
    {
        if (_lives.TryGetValue(token.Id, out var life) && !life.Ended.IsCancellationRequested)
            return life;
        life?.Dispose();
        return _lives[token.Id] = new TokenLife(left, _time);
    }

    private void Save(Dictionary<string, StoredToken> tokens)
    {
        DurableFile.Replace(_file, Encoding.UTF8.GetString(TokenFile.Write(tokens.Values)) + "\n", OwnerOnly);
        _tokens = tokens;
    }

    /// <summary>Ends with the token. What timers cannot count ends early, and is asked again when its bearer comes back.</summary>
    private sealed class TokenLife(TimeSpan left, TimeProvider time) : IDisposable
    {
        private static readonly TimeSpan Longest = TimeSpan.FromDays(40);

        private readonly CancellationTokenSource _source = new(left < Longest ? left : Longest, time);

        public CancellationToken Ended => _source.Token;

        public void End() => _source.Cancel();

        public void Dispose() => _source.Dispose();
    }
}
