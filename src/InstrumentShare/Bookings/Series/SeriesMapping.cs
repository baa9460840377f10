using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Bookings.Series;

public sealed class BookingSeriesMapping : IEntityTypeConfiguration<BookingSeries>
{
    public void Configure(EntityTypeBuilder<BookingSeries> builder)
    {
        builder.ToTable("booking_series");
        builder.Ignore(x => x.Recurrence).Ignore(x => x.Wish);
        builder.Property(x => x.ExDates).HasJson();
        builder.Property(x => x.RDates).HasJson();
        builder.Property(x => x.Version).IsConcurrencyToken();
    }
}

public sealed class BookingSeriesDateMapping : IEntityTypeConfiguration<BookingSeriesDate>
{
    public void Configure(EntityTypeBuilder<BookingSeriesDate> builder)
    {
        builder.ToTable("booking_series_dates").HasOne<BookingSeries>().WithMany().HasForeignKey(x => x.SeriesId);
        builder.Property(x => x.Problems).HasJson();
    }
}
