using InstrumentShare.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NodaTime;

namespace InstrumentShare.Bookings.Calendars;

public enum FeedKind
{
    /// <summary>The owner's own bookings.</summary>
    Mine,

    /// <summary>All bookings of the instruments that a role of the owner covers, with names.</summary>
    Managed,

    /// <summary>The bookings that the owner assists as a technician, with names.</summary>
    Assisted,

    /// <summary>The bookings of a research group; names are for those who may see them.</summary>
    Group,

    /// <summary>When an instrument is taken or closed, without names.</summary>
    Instrument,
}

/// <summary>A secret address that calendar programs subscribe to. It shows what its owner may see at the time it is read, and only a hash of the secret is kept.</summary>
public sealed class CalendarFeed
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required PersonId PersonId { get; init; }

    public required FeedKind Kind { get; init; }

    /// <summary>The group or instrument.</summary>
    public Guid? TargetId { get; init; }

    /// <summary>The public first part, by which the row is found.</summary>
    public required string Prefix { get; set; }

    public required byte[] SecretHash { get; set; }

    public required Instant CreatedAt { get; init; }

    /// <summary>When the address in use was made.</summary>
    public required Instant RenewedAt { get; set; }

    public Instant? LastReadAt { get; set; }

    public Instant? RevokedAt { get; set; }

    /// <summary>What was last read, without its stamps; the ETag.</summary>
    public string? ContentDigest { get; set; }

    /// <summary>When that was first seen to differ from what was read before.</summary>
    public required Instant ChangedAt { get; set; }
}

public sealed class CalendarFeedMapping : IEntityTypeConfiguration<CalendarFeed>
{
    public void Configure(EntityTypeBuilder<CalendarFeed> builder) => builder.ToTable("calendar_feeds").HasKey(x => x.Id);
}
