using InstrumentShare.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NodaTime;

namespace InstrumentShare.Persistence;

/// <summary>Something that happened, by its name (<c>booking.confirmed</c>). Feeds live pages, webhooks and the change feed.</summary>
public sealed class EventRecord
{
    public long Sequence { get; private set; }

    public required string Name { get; init; }

    public required Instant OccurredAt { get; init; }

    public required Guid SubjectId { get; init; }

    public Guid? InstrumentId { get; init; }

    public Guid? InstitutionId { get; init; }

    public Guid? PersonId { get; init; }

    /// <summary>A JSON object with what a subscriber needs besides the ids.</summary>
    public string Payload { get; init; } = "{}";
}

/// <summary>Who changed what, when and why, with the state before and after.</summary>
public sealed class AuditEntry
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Instant OccurredAt { get; init; }

    public Guid? PersonId { get; init; }

    /// <summary>The person's name at that time, or the name of the job.</summary>
    public required string Actor { get; init; }

    public required string Action { get; init; }

    public required string SubjectKind { get; init; }

    public required string SubjectId { get; init; }

    public Guid? InstitutionId { get; init; }

    public string? Reason { get; init; }

    public string? Before { get; init; }

    public string? After { get; init; }
}

/// <summary>A message that must be sent, written in the transaction of what it tells of.</summary>
public sealed class OutboxMessage
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Which template: <c>booking.confirmed</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The mail address.</summary>
    public required string Recipient { get; init; }

    public Guid? PersonId { get; init; }

    public required string Language { get; init; }

    /// <summary>A JSON object with the template's values.</summary>
    public required string Data { get; init; }

    public required Instant CreatedAt { get; init; }

    public required Instant NextAttemptAt { get; set; }

    public int Attempts { get; set; }

    public Instant? SentAt { get; set; }

    public Instant? FailedAt { get; set; }

    public string? LastError { get; set; }

    /// <summary>Why it does not leave by itself; null for one that does.</summary>
    public MailHold? Held { get; set; }
}

/// <summary>Waits for the daily digest, has gone into one, is not wanted, tells of what is no longer so.</summary>
public enum MailHold
{
    Digest,
    Digested,
    Off,
    Overtaken,
}

public sealed class DataProtectionKey
{
    public required string Name { get; init; }

    public required string Xml { get; init; }
}

/// <summary>The first answer to a write that carried an Idempotency-Key.</summary>
public sealed class IdempotencyKey
{
    public required string Caller { get; init; }

    public required string Route { get; init; }

    public required string Key { get; init; }

    public required string RequestHash { get; init; }

    public required int Status { get; init; }

    public string? Location { get; init; }

    public string? Body { get; init; }

    public required Instant CreatedAt { get; init; }
}

/// <summary>Reference or demo data that was loaded, by name and digest.</summary>
public sealed class LoadedData
{
    public required string Name { get; init; }

    public required string Digest { get; set; }

    public required Instant LoadedAt { get; set; }
}

public sealed class RecordsMapping : IEntityTypeConfiguration<EventRecord>, IEntityTypeConfiguration<AuditEntry>,
    IEntityTypeConfiguration<OutboxMessage>, IEntityTypeConfiguration<DataProtectionKey>,
    IEntityTypeConfiguration<IdempotencyKey>, IEntityTypeConfiguration<LoadedData>
{
    public void Configure(EntityTypeBuilder<EventRecord> builder)
    {
        builder.ToTable("events").HasKey(x => x.Sequence);
        builder.Property(x => x.Sequence).ValueGeneratedOnAdd();
        builder.Property(x => x.Payload).HasColumnType("jsonb");
    }

    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries").HasKey(x => x.Id);
        builder.Property(x => x.Before).HasColumnType("jsonb");
        builder.Property(x => x.After).HasColumnType("jsonb");
    }

    public void Configure(EntityTypeBuilder<OutboxMessage> builder)
    {
        builder.ToTable("outbox_messages").HasKey(x => x.Id);
        builder.Property(x => x.Data).HasColumnType("jsonb");
    }

    public void Configure(EntityTypeBuilder<DataProtectionKey> builder) => builder.ToTable("data_protection_keys").HasKey(x => x.Name);

    public void Configure(EntityTypeBuilder<IdempotencyKey> builder) => builder.ToTable("idempotency_keys").HasKey(x => new { x.Caller, x.Route, x.Key });

    public void Configure(EntityTypeBuilder<LoadedData> builder) => builder.ToTable("loaded_data").HasKey(x => x.Name);
}
