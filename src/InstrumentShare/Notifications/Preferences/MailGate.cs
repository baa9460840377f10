using InstrumentShare.Access;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Notifications.Preferences;

/// <summary>
/// Stands before messages that are due: holds those that their readers want later or not at all, and those that are no longer
/// true. It asks when a message would leave, not when it was written, so that writing stays one statement and a wish holds at once.
/// </summary>
public sealed class MailGate(MailKinds kinds, WordCatalog catalog, IEnumerable<IMailFacts> sources)
{
    /// <summary>The messages that leave now, each with what is true of it; the others are marked, to be saved by the caller.</summary>
    public async Task<IReadOnlyList<LeavingMail>> PassAsync(AppDb db, IReadOnlyCollection<OutboxMessage> messages, Instant now, CancellationToken cancel)
    {
        var people = messages.Where(m => m.PersonId is not null).Select(m => new PersonId(m.PersonId!.Value)).Distinct().ToList();
        var wishes = await db.Set<MailPreferences>().AsNoTracking().Where(p => people.Contains(p.PersonId)).ToDictionaryAsync(p => p.PersonId, cancel);
        var mails = messages.Select(LeavingMail.Of).ToList();
        var facts = await FactsAsync(db, [.. mails.SelectMany(m => m.Parts.Prepend(m)).Select(m => m.Message)], cancel);
        var leaving = new List<LeavingMail>();
        foreach (var mail in mails.ConvertAll(m => m.With(facts)))
        {
            if (mail.Fact is { IsOvertaken: true }) mail.Message.Held = MailHold.Overtaken;
            else if (Passes(mail.Message, wishes, now)) leaving.Add(mail);
        }

        return leaving;
    }

    public async Task<Dictionary<Guid, MailFact>> FactsAsync(AppDb db, IReadOnlyCollection<OutboxMessage> messages, CancellationToken cancel)
    {
        var facts = new Dictionary<Guid, MailFact>();
        foreach (var source in sources)
            foreach (var (id, fact) in await source.OfAsync(db, messages, cancel)) facts[id] = fact;
        return facts;
    }

    private bool Passes(OutboxMessage message, Dictionary<PersonId, MailPreferences> wishes, Instant now)
    {
        if (message.PersonId is not { } id || kinds.Find(message.Kind) is not { } kind) return true;
        var person = new PersonId(id);
        var about = MailData.Read(message.Data, new Words(catalog, message.Language)).About;
        var verdict = MailDeliveryRules.Judge(kind, wishes.GetValueOrDefault(person) ?? MailPreferences.For(person), now, about);
        if (verdict.Action == MailAction.Send) return true;
        message.Held = verdict.Action switch { MailAction.Drop => MailHold.Off, MailAction.Digest => MailHold.Digest, _ => null };
        // Being looked at is no attempt to send.
        (message.NextAttemptAt, message.Attempts) = (verdict.At, message.Attempts - 1);
        return false;
    }
}
