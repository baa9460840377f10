using System.Text.Json;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Notifications.Preferences;

/// <summary>A day's messages in one. It carries what its parts carried, so that it can be sent, and sent again, by itself.</summary>
public static class Digest
{
    public const string Kind = "digest.daily";

    private sealed record Part(string Kind, JsonElement Data, Instant CreatedAt);

    private sealed record Body(int Count, IReadOnlyList<Part> Parts);

    /// <param name="messages">One person's, oldest first; at least one.</param>
    public static OutboxMessage Of(IReadOnlyList<OutboxMessage> messages, Instant now)
    {
        var last = messages[^1];
        var parts = messages.Select(m => new Part(m.Kind, JsonSerializer.Deserialize<JsonElement>(m.Data), m.CreatedAt)).ToList();
        return new OutboxMessage
        {
            Kind = Kind, Recipient = last.Recipient, PersonId = last.PersonId, Language = last.Language, CreatedAt = now, NextAttemptAt = now,
            Data = JsonSerializer.Serialize(new Body(parts.Count, parts), Json.Options),
        };
    }

    public static IReadOnlyList<OutboxMessage> PartsOf(OutboxMessage digest) => JsonSerializer.Deserialize<Body>(digest.Data, Json.Options)!.Parts
        .Select(p => new OutboxMessage
        {
            Kind = p.Kind, Recipient = digest.Recipient, PersonId = digest.PersonId, Language = digest.Language, Data = p.Data.GetRawText(), CreatedAt = p.CreatedAt, NextAttemptAt = p.CreatedAt,
        }).ToList();
}
