using InstrumentShare.Access;
using InstrumentShare.Catalog;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NodaTime;

namespace InstrumentShare.Usage.Feedback;

public enum FeedbackKind
{
    Normal,

    /// <summary>Something did not work; what it was is in the text.</summary>
    Fault,
}

/// <summary>What a user says of a use after it. Given once, never changed.</summary>
public sealed class UsageFeedback
{
    public required InstrumentId InstrumentId { get; init; }

    public required UsageId UsageId { get; init; }

    public required FeedbackKind Kind { get; init; }

    public string Text { get; init; } = string.Empty;

    /// <summary>From 1, bad, to 5, very good.</summary>
    public int? Rating { get; init; }

    public required PersonId GivenBy { get; init; }

    public required Instant GivenAt { get; init; }
}

public sealed class FeedbackMapping : IEntityTypeConfiguration<UsageFeedback>
{
    public void Configure(EntityTypeBuilder<UsageFeedback> builder) => builder.ToTable("usage_feedback").HasKey(x => new { x.InstrumentId, x.UsageId });
}
