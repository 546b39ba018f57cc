namespace VmSupervisor.Model.Laws;

/// <summary>The invariants of the design, by their numbers there.</summary>
internal static class Law
{
    public const string OneCleanup = "1 one cleanup per incarnation";
    public const string HooksBalance = "2 hooks balance";
    public const string LateNews = "3 late news is harmless";
    public const string NotWhileAlive = "4 not clean while alive";
    public const string KeepActive = "5 keepActive holds";
    public const string NeverTwo = "6 never two";
    public const string NeverNone = "7 never none";
    public const string NothingUnowned = "8 nothing unowned";
    public const string OperationsEnd = "9 every operation ends";
    public const string WayOut = "10 a way out from everywhere";
    public const string DurableFirst = "11 durable before visible";
}
