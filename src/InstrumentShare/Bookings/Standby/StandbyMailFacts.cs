using System.Text.Json;
using InstrumentShare.Notifications;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings.Standby;

/// <summary>An offer that was answered before its mail left is told of no more.</summary>
public sealed class StandbyMailFacts : IMailFacts
{
    private sealed record Named(Guid? OfferId);

    public async Task<IReadOnlyDictionary<Guid, MailFact>> OfAsync(AppDb db, IReadOnlyCollection<OutboxMessage> messages, CancellationToken cancel)
    {
        var offers = messages.Where(m => m.Kind == StandbyNews.OfferMade)
            .Select(m => (m.Id, Offer: JsonSerializer.Deserialize<Named>(m.Data, Json.Options)!.OfferId)).Where(m => m.Offer is not null).ToDictionary(m => m.Id, m => new StandbyOfferId(m.Offer!.Value));
        if (offers.Count == 0) return new Dictionary<Guid, MailFact>();
        var ids = offers.Values.ToList();
        var open = (await db.Set<StandbyOffer>().Where(o => ids.Contains(o.Id) && o.State == StandbyOfferState.Open).Select(o => o.Id).ToListAsync(cancel)).ToHashSet();
        return offers.ToDictionary(o => o.Key, o => new MailFact(IsOvertaken: !open.Contains(o.Value), string.Empty));
    }
}
