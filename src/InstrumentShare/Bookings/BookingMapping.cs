using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Bookings;

/// <summary>The constraint <c>"booking.overlap"</c> of the table is the rule itself; code only explains it.</summary>
public sealed class BookingMapping : IEntityTypeConfiguration<Booking>
{
    public void Configure(EntityTypeBuilder<Booking> builder)
    {
        builder.ToTable("bookings").HasKey(x => new { x.InstrumentId, x.Id });
        builder.Ignore(x => x.Slot).Ignore(x => x.Estimate).Ignore(x => x.HoldsSlot).Ignore(x => x.IsOffer).Ignore(x => x.Audience).Ignore(x => x.Conditions).Ignore(x => x.Funding);
        builder.Property(x => x.Approvals).HasJson();
        builder.Property(x => x.Held).HasColumnType("tstzrange");
        builder.Property(x => x.Version).IsConcurrencyToken();
    }
}
