using InstrumentShare.Persistence;

namespace InstrumentShare.Notifications;

/// <param name="IsOvertaken">What the message tells is no longer so: a reminder of what was cancelled.</param>
/// <param name="Place">Where it is about, for the calendar entry.</param>
/// <param name="Private">What only its reader may know, in their language. It goes into the message as it leaves and is kept nowhere.</param>
public sealed record MailFact(bool IsOvertaken, string Place, string? Private = null);

/// <summary>The edge by which a module looks at its mail once more, just before it leaves.</summary>
public interface IMailFacts
{
    /// <summary>Facts by message for those that are the module's, read at once for all.</summary>
    Task<IReadOnlyDictionary<Guid, MailFact>> OfAsync(AppDb db, IReadOnlyCollection<OutboxMessage> messages, CancellationToken cancel);
}
