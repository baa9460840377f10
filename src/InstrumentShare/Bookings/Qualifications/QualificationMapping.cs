using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Bookings.Qualifications;

public sealed class QualificationMapping : IEntityTypeConfiguration<Qualification>, IEntityTypeConfiguration<TrainingSession>,
    IEntityTypeConfiguration<TrainingAttendee>, IEntityTypeConfiguration<Certificate>
{
    public void Configure(EntityTypeBuilder<Qualification> builder)
    {
        builder.ToTable("qualifications").HasKey(x => x.Id);
        builder.Ignore(x => x.Scope);
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<TrainingSession> builder)
    {
        builder.ToTable("training_sessions").HasKey(x => x.Id);
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<TrainingAttendee> builder) => builder.ToTable("training_attendees").HasKey(x => new { x.SessionId, x.PersonId });

    public void Configure(EntityTypeBuilder<Certificate> builder)
    {
        builder.ToTable("certificates").HasKey(x => x.Id);
        builder.Property(x => x.Version).IsConcurrencyToken();
    }
}
