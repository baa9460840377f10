using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Usage.Kiosks;

public sealed class KioskMapping : IEntityTypeConfiguration<Kiosk>, IEntityTypeConfiguration<KioskInstrument>, IEntityTypeConfiguration<Badge>, IEntityTypeConfiguration<KioskPin>, IEntityTypeConfiguration<ServerSecret>
{
    public void Configure(EntityTypeBuilder<Kiosk> builder) => builder.ToTable("kiosks").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<KioskInstrument> builder) => builder.ToTable("kiosk_instruments").HasKey(x => new { x.KioskId, x.InstrumentId });

    public void Configure(EntityTypeBuilder<Badge> builder) => builder.ToTable("badges").HasKey(x => new { x.PersonId, x.InstitutionId });

    public void Configure(EntityTypeBuilder<KioskPin> builder) => builder.ToTable("kiosk_pins").HasKey(x => x.PersonId);

    public void Configure(EntityTypeBuilder<ServerSecret> builder) => builder.ToTable("server_secrets").HasKey(x => x.Name);
}
