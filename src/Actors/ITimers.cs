namespace VmSupervisor.Actors;

/// <summary>
/// Timers of one life of one actor, by key. Starting a timer replaces the one of the same key. A tick of a timer
/// that was replaced or cancelled, or of an earlier life, is never delivered, even if it was already in the mailbox.
/// </summary>
public interface ITimers
{
    /// <summary>Delivers a message once, after a delay.</summary>
    void StartSingleTimer(object key, object message, TimeSpan delay);

    /// <summary>
    /// Delivers a message again and again, first after one interval. While a tick waits in the mailbox no other is
    /// added.
    /// </summary>
    void StartPeriodicTimer(object key, object message, TimeSpan interval);

    /// <summary>Whether the timer was started and has neither been cancelled nor delivered its only tick.</summary>
    bool IsTimerActive(object key);

    /// <summary>Cancels a timer; nothing happens when there is none.</summary>
    void Cancel(object key);

    /// <summary>Cancels all timers.</summary>
    void CancelAll();
}
