using VmSupervisor.Contracts;
using VmSupervisor.Contracts.Definitions;
using VmSupervisor.Contracts.Views;

namespace VmSupervisor.Client;

/// <summary>The supervisor did not do what was asked; the message is one line for the person who reads it.</summary>
public class VmsupException : Exception
{
    /// <summary>What was not done, and why.</summary>
    public VmsupException(
        Problem problem, OperationView? operation = null, ValueList<DefinitionFault>? faults = null, Exception? innerException = null)
        : base(problem.Detail, innerException)
    {
        Kind = problem.Kind;
        Operation = operation;
        Faults = faults ?? [];
    }

    /// <summary>The kind that programs test.</summary>
    public ProblemKind Kind { get; }

    /// <summary>The operation as it ended; null when it did not come to one.</summary>
    public OperationView? Operation { get; }

    /// <summary>The node that the VM was moved to; null when that is not the problem.</summary>
    public string? Home { get; init; }

    /// <summary>What is wrong with the definition that was sent; empty when it is not about one.</summary>
    public ValueList<DefinitionFault> Faults { get; }
}
