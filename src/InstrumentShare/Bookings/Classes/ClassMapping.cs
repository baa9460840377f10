using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Bookings.Classes;

public sealed class ClassMapping : IEntityTypeConfiguration<ClassSession>, IEntityTypeConfiguration<ClassBooking>
{
    public void Configure(EntityTypeBuilder<ClassSession> builder)
    {
        builder.ToTable("class_sessions").HasKey(x => x.Id);
        builder.Property(x => x.Roster).HasJson();
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    // Told that the session is written first; nothing is navigated.
    public void Configure(EntityTypeBuilder<ClassBooking> builder)
    {
        builder.ToTable("class_bookings").HasKey(x => new { x.InstrumentId, x.BookingId });
        builder.HasOne<ClassSession>().WithMany().HasForeignKey(x => x.SessionId);
    }
}
