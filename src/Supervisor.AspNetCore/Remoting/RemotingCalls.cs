using VmSupervisor.AspNetCore.Operations;
using VmSupervisor.AspNetCore.Routing;
using VmSupervisor.AspNetCore.Vms;
using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Commands;
using VmSupervisor.Contracts.Http;
using VmSupervisor.Contracts.Json;
using VmSupervisor.Contracts.Remoting;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.AspNetCore.Remoting;

/// <summary>What one connection can ask for.</summary>
internal sealed class RemotingCalls
{
    private readonly ApiRequest _request;
    private readonly Watches _watches;
    private readonly Subscriptions _subscriptions;
    private readonly Dictionary<string, Func<Incoming, CancellationToken, Task<Reply>>> _methods;

    public RemotingCalls(ApiRequest request, Outbox outbox, CancellationToken end)
    {
        _request = request;
        _watches = new Watches(request, outbox, end);
        _subscriptions = new Subscriptions(request, outbox, end);
        _methods = new(StringComparer.Ordinal)
        {
            [RemotingProtocol.Ask] = AskAsync,
            [RemotingProtocol.Operation] = OperationAsync,
            [RemotingProtocol.Vm] = (incoming, _) => Now(Vm(incoming.Read<VmRequest>().Vm)),
            [RemotingProtocol.List] = (incoming, _) => List(incoming),
            [RemotingProtocol.Watch] = (incoming, _) => Watch(incoming),
            [RemotingProtocol.Unwatch] = (incoming, _) => Do(() => _watches.Close(incoming.Read<UnwatchRequest>().Watch)),
            [RemotingProtocol.Subscribe] = (incoming, _) => Subscribe(incoming),
            [RemotingProtocol.Unsubscribe] = (incoming, _) => Do(() => _subscriptions.Close(incoming.Read<UnsubscribeRequest>().Subscription)),
            [RemotingProtocol.Tell] = (_, _) => throw RemotingException.Of(RemotingErrors.NoRequest, "tell: found an id, allowed is none: it is a notification; ask is answered"),
            [RemotingProtocol.Cancel] = (_, _) => throw RemotingException.Of(RemotingErrors.NoRequest, "cancel: found an id, allowed is none: it is a notification"),
        };
    }

    /// <exception cref="RemotingException">There is no such method.</exception>
    public Func<Incoming, CancellationToken, Task<Reply>> Find(string method) => _methods.TryGetValue(method, out var call)
        ? call
        : throw RemotingException.Of(RemotingErrors.NoSuchMethod, $"{method}: there is no such method");

    public HelloResult Hello(HelloRequest hello)
    {
        if (!hello.Versions.Contains(RemotingProtocol.Version))
            throw RemotingException.NoCommonVersion($"hello: found versions {hello.Versions}, this node speaks {RemotingProtocol.Version}");
        var (node, options) = (_request.Supervisor.Node, _request.Options.Remoting);
        return new(RemotingProtocol.Version, node.Name, node.Version, node.Position, new RemotingLimits(
            _request.Options.MaxRequestBody, options.Requests, options.Watches, options.Subscriptions, options.EventsBehind,
            (long)options.KeepAlive.TotalMilliseconds));
    }

    /// <summary>Gives a command whose outcome is nobody's to be told. Does not wait for it.</summary>
    public async Task TellAsync(TellRequest tell)
    {
        try
        {
            var (vm, command) = await ReadAsync(tell.Vm, tell.Command, tell.Operation);
            _ = OperationAnswer.GiveAsync(_request, vm, command, tell.Operation);
        }
        catch (AnswerException)
        {
            // There is no such VM, or it is not the caller's to command: a notification has no answer.
        }
    }

    private async Task<Reply> AskAsync(Incoming incoming, CancellationToken cancellationToken)
    {
        var ask = incoming.Read<AskRequest>();
        var limit = Limit(incoming, ask.DeadlineMs);
        var (vm, command) = await ReadAsync(ask.Vm, ask.Command, ask.Operation);
        var id = ask.Operation ?? OperationAnswer.NewId(_request);
        OperationView? operation = null;
        try
        {
            using var deadline = new Deadline(limit, _request.Time, cancellationToken);
            operation = await OperationAnswer.GiveAsync(_request, vm, command, id).WaitAsync(deadline.Token);
            if (!operation.Ended && ask.Wait == WaitFor.Ended)
                operation = await _request.Supervisor.WaitForEndAsync(id, deadline.Token) ?? operation;
        }
        catch (OperationCanceledException) when (limit is not null && !cancellationToken.IsCancellationRequested && !_request.Stopping.IsCancellationRequested)
        {
            throw Late($"ask: operation {id} has no answer within {limit.Value.TotalMilliseconds:0} ms; it goes on if it was accepted: ask again with the same id", operation);
        }

        return OperationAnswer.ProblemOf(_request, operation) is { } problem ? throw RemotingException.Of(problem) : Reply.Of(operation);
    }

    private async Task<Reply> OperationAsync(Incoming incoming, CancellationToken cancellationToken)
    {
        var wish = incoming.Read<OperationRequest>();
        var limit = Limit(incoming, wish.DeadlineMs);
        OperationView? operation = null;
        try
        {
            using var deadline = new Deadline(limit, _request.Time, cancellationToken);
            operation = await _request.Supervisor.FindOperationAsync(wish.Operation, deadline.Token);
            if (operation is { Ended: false } && wish.Wait == WaitFor.Ended)
                operation = await _request.Supervisor.WaitForEndAsync(wish.Operation, deadline.Token) ?? operation;
        }
        catch (OperationCanceledException) when (limit is not null && !cancellationToken.IsCancellationRequested && !_request.Stopping.IsCancellationRequested)
        {
            throw Late($"operation {wish.Operation} has not ended within {limit.Value.TotalMilliseconds:0} ms", operation);
        }

        // However it ended: asking about a failure is not a failure.
        return Reply.Of(operation is not null && _request.Identity.Sees(operation.Vm) ? operation : throw OperationRoutes.Unknown(wish.Operation.Value));
    }

    private Task<Reply> List(Incoming incoming)
    {
        incoming.Read<ListRequest>();

        // First: what happens between the two looks is then told again instead of not at all.
        var position = _request.Supervisor.Node.Position;
        return Now(new ListResult(position, _request.Supervisor.List().Where(vm => _request.Identity.Sees(vm.Id)).ToValueList()));
    }

    private Task<Reply> Watch(Incoming incoming)
    {
        var (result, begin) = _watches.Open(incoming.Read<VmRequest>().Vm);
        return Task.FromResult(Reply.Of(result, begin));
    }

    private Task<Reply> Subscribe(Incoming incoming)
    {
        var (result, begin) = _subscriptions.Open(incoming.Read<SubscribeRequest>());
        return Task.FromResult(Reply.Of(result, begin));
    }

    private VmView Vm(VmReference vm) => _request.Supervisor.Find(vm.Text) is { } view && _request.Identity.Sees(view.Id)
        ? view
        : throw ApiRequest.NoSuchVm(vm.Text);

    private async Task<(VmId Vm, VmCommand Command)> ReadAsync(VmReference vm, System.Text.Json.JsonElement json, OperationId? operation)
    {
        VmCommand command;
        try
        {
            command = CommandJson.Read(json);
        }
        catch (CommandFormatException e)
        {
            throw RemotingException.Invalid(e.Message, e.Faults);
        }

        if (command is not VmCommand.Define define)
        {
            // What is not the caller's to see is not there.
            var id = await CommandHandler.VmAsync(_request, vm.Text, operation);
            return _request.Identity.Sees(id) ? (id, command) : throw ApiRequest.NoSuchVm(vm.Text);
        }

        return vm.Id == define.Definition.Id
            ? (define.Definition.Id, command)
            : throw RemotingException.Invalid($"params.vm: found {vm.Text}, allowed is {define.Definition.Id}, the number in the definition");
    }

    private static TimeSpan? Limit(Incoming incoming, long? milliseconds) => milliseconds switch
    {
        null => null,
        >= 1 and <= RemotingProtocol.LongestDeadlineMs => TimeSpan.FromMilliseconds(milliseconds.Value),
        _ => throw RemotingException.Invalid(
            $"{incoming.Method}: params.deadlineMs: found {milliseconds}, allowed are 1 to {RemotingProtocol.LongestDeadlineMs}"),
    };

    private static RemotingException Late(string detail, OperationView? operation) =>
        RemotingException.Of(ProblemDocument.Of(new Problem(ProblemKind.TimedOut, detail), operation));

    private static Task<Reply> Now<T>(T result) => Task.FromResult(Reply.Of(result));

    private static Task<Reply> Do(Action action)
    {
        action();
        return Now(new Done());
    }
}
