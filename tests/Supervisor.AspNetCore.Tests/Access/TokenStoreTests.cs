using VmSupervisor.AspNetCore.Access.Tokens;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Views;
using VmSupervisor.Supervisor.AspNetCore.Tests.Support;

namespace VmSupervisor.Supervisor.AspNetCore.Tests.Access;

public sealed class TokenStoreTests : IDisposable
{
    private static readonly Caller Root = new("root");

    private readonly string _directory = SupervisorHost.NewDirectory();
    private readonly SteppedTime _time = new();

    private string TokenFile => Path.Combine(_directory, "tokens.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_token_is_found_by_its_text_also_by_the_next_daemon_and_its_secret_is_in_no_file()
    {
        string secret;
        using (var store = Open())
            secret = store.Create(new TokenRequest("ci", Role.Operator, TimeSpan.FromDays(1), [new(104)]), Root).Secret;

        using var next = Open();
        var (token, ended, _) = next.Find(secret);

        Assert.Equal(("ci", Role.Operator, false), (token!.Name, token.Grant.Role, ended.IsCancellationRequested));
        Assert.Equal([new(104)], token.Grant.Vms);
        Assert.DoesNotContain(secret[^64..], File.ReadAllText(TokenFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenFile));
        Assert.Single(Directory.GetFiles(_directory));
    }

    [Fact]
    public void An_expired_token_counts_no_more_and_ends_what_was_begun_with_it()
    {
        using var store = Open();
        var secret = store.Create(new TokenRequest("ci", Role.Viewer, TimeSpan.FromDays(60)), Root).Secret;
        var first = store.Find(secret).Ended;

        // Longer than timers count at once: asked again, it goes on.
        _time.Advance(TimeSpan.FromDays(50));
        var second = store.Find(secret);
        Assert.True(first.IsCancellationRequested);
        Assert.False(second.Ended.IsCancellationRequested);

        _time.Advance(TimeSpan.FromDays(10));
        Assert.True(second.Ended.IsCancellationRequested);
        Assert.Equal((null, "the token 'ci' has expired"), (store.Find(secret).Token, store.Find(secret).WhyNot));
        Assert.True(Assert.Single(store.List()).Expired);
    }

    [Fact]
    public void A_revoked_token_is_gone_for_the_next_daemon_too()
    {
        using var store = Open();
        var secret = store.Create(new TokenRequest("ci", Role.Viewer), Root).Secret;
        var ended = store.Find(secret).Ended;

        Assert.Equal("ci", store.Revoke(secret.Split('_')[1])!.Name);

        Assert.True(ended.IsCancellationRequested);
        Assert.Null(store.Find(secret).Token);
        Assert.Null(store.Revoke("ci"));
        using var next = Open();
        Assert.Equal((null, "it is unknown or was revoked"), (next.Find(secret).Token, next.Find(secret).WhyNot));
    }

    [Fact]
    public void Of_a_name_there_is_one_and_a_refused_creation_leaves_the_file_alone()
    {
        using var store = Open();
        store.Create(new TokenRequest("ci", Role.Viewer), Root);
        var before = File.ReadAllBytes(TokenFile);

        Assert.Contains("already", Assert.Throws<InvalidOperationException>(() => store.Create(new TokenRequest("ci", Role.Admin), Root)).Message);

        Assert.Equal(before, File.ReadAllBytes(TokenFile));
    }

    [Fact]
    public void What_cannot_be_stored_does_not_count()
    {
        using var store = Open();
        var secret = store.Create(new TokenRequest("ci", Role.Viewer), Root).Secret;
        Directory.Delete(_directory, recursive: true);

        Assert.ThrowsAny<IOException>(() => store.Create(new TokenRequest("other", Role.Viewer), Root));
        Assert.ThrowsAny<IOException>(() => store.Revoke("ci"));

        Assert.Equal(["ci"], store.List().Select(token => token.Name));
        Assert.NotNull(store.Find(secret).Token);
        Directory.CreateDirectory(_directory);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"version":2,"tokens":[]}""")]
    [InlineData("""{"version":1,"tokens":[{"id":"a","hash":"b","name":"c","role":"king","expiresAt":"2030-01-01T00:00:00Z"}]}""")]
    [InlineData("""{"version":1,"tokens":[{"id":"a","name":"c","role":"admin","expiresAt":"2030-01-01T00:00:00Z"}]}""")]
    public void A_file_that_is_none_of_tokens_is_not_read_by_half(string text)
    {
        File.WriteAllText(TokenFile, text);

        Assert.Contains("cannot be read as tokens", Assert.Throws<IOException>(() => Open()).Message);
    }

    [Fact]
    public void What_others_could_read_is_closed()
    {
        File.WriteAllText(TokenFile, """{"version":1,"tokens":[]}""");
        File.SetUnixFileMode(TokenFile, (UnixFileMode)0b110_100_100);

        using var store = Open();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenFile));
    }

    [Fact]
    public void A_token_as_text_for_logs_has_no_secret()
    {
        using var store = Open();
        var made = store.Create(new TokenRequest("ci", Role.Viewer), Root);

        Assert.True(TokenSecret.TryParse(made.Secret, out var secret));
        Assert.DoesNotContain(secret.Secret, $"{made}{secret}{made.Token}");
    }

    private TokenStore Open() => TokenStore.Open(TokenFile, _time);
}
