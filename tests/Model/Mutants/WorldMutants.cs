using VmSupervisor.Model.Worlds;

namespace VmSupervisor.Model.Mutants;

internal sealed class EffectBeforeAppend : Rules
{
    public override string Name => "effect before append";

    public override bool AppendsFirst => false;
}

internal sealed class NoGate : Rules
{
    public override string Name => "no gate between launch and extinguish";

    public override bool HasGate => false;
}

internal sealed class NoClaims : Rules
{
    public override string Name => "hooks without a claim";

    public override bool HooksAreClaimed => false;
}

internal sealed class ClaimsForgottenAtOnce : Rules
{
    public override string Name => "claims forgotten under a hook effect that was given up";

    public override bool ClaimsWaitForHooks => false;
}
