using InstrumentShare.Notifications.Preferences;
using InstrumentShare.Persistence;

namespace InstrumentShare.Notifications;

/// <summary>A message that leaves, with what its module says of it now; of a digest the same of each of its parts.</summary>
public sealed record LeavingMail(OutboxMessage Message, MailFact? Fact, IReadOnlyList<LeavingMail> Parts)
{
    public string Place => Fact?.Place ?? string.Empty;

    /// <summary>The message alone, before anything was asked.</summary>
    public static LeavingMail Of(OutboxMessage message) => new(message, null, message.Kind == Digest.Kind ? [.. Digest.PartsOf(message).Select(Of)] : []);

    public LeavingMail With(IReadOnlyDictionary<Guid, MailFact> facts) => new(Message, facts.GetValueOrDefault(Message.Id), [.. Parts.Select(p => p.With(facts))]);
}
