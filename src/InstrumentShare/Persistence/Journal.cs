using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace InstrumentShare.Persistence;

/// <summary>Adds events and outbox messages to the context, so that they are saved with what they tell of.</summary>
public static class Journal
{
    public static void AddEvent(this AppDb db, string name, Instant now, Guid subjectId, Guid? instrumentId = null, Guid? institutionId = null, Guid? personId = null, object? payload = null) =>
        db.Set<EventRecord>().Add(new EventRecord
        {
            Name = name,
            OccurredAt = now,
            SubjectId = subjectId,
            InstrumentId = instrumentId,
            InstitutionId = institutionId,
            PersonId = personId,
            Payload = payload is null ? "{}" : JsonSerializer.Serialize(payload, Json.Options),
        });

    /// <param name="kind">The template's name; its words are <c>mail.&lt;kind&gt;.subject</c> and <c>mail.&lt;kind&gt;.body</c>.</param>
    public static void AddMail(this AppDb db, string kind, string recipient, Guid? personId, string language, object data, Instant now) =>
        db.Set<OutboxMessage>().Add(new OutboxMessage
        {
            Kind = kind,
            Recipient = recipient,
            PersonId = personId,
            Language = language,
            Data = JsonSerializer.Serialize(data, Json.Options),
            CreatedAt = now,
            NextAttemptAt = now,
        });
}

/// <summary>Hears an event of a lower module, in the same transaction as what happened.</summary>
public interface IEventHandler<in TEvent>
{
    Task HandleAsync(TEvent happened, CancellationToken cancel);
}

/// <summary>Tells every handler, in the order of registration, before the use case saves.</summary>
public sealed class EventPublisher(IServiceProvider services)
{
    public async Task PublishAsync<TEvent>(TEvent happened, CancellationToken cancel)
    {
        foreach (var handler in services.GetServices<IEventHandler<TEvent>>()) await handler.HandleAsync(happened, cancel);
    }
}
