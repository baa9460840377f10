using InstrumentShare.Access;
using InstrumentShare.Catalog;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NodaTime;

namespace InstrumentShare.Bookings.AccessNotes;

/// <summary>One version of how to connect to an instrument that is used from afar. Never changed once written; the newest holds.</summary>
public sealed class AccessNote
{
    public required InstrumentId InstrumentId { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    /// <summary>Null where it withdraws the one before.</summary>
    public string? SealedText { get; init; }

    public required PersonId WrittenBy { get; init; }

    public required Instant WrittenAt { get; init; }
}

public sealed class AccessNoteMapping : IEntityTypeConfiguration<AccessNote>
{
    public void Configure(EntityTypeBuilder<AccessNote> builder) => builder.ToTable("instrument_access_notes").HasKey(x => new { x.InstrumentId, x.Number });
}
