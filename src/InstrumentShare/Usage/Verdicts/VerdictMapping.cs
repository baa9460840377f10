using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Usage.Verdicts;

public sealed class VerdictMapping : IEntityTypeConfiguration<Verdict>, IEntityTypeConfiguration<VerdictSettings>
{
    public void Configure(EntityTypeBuilder<Verdict> builder)
    {
        builder.ToTable("booking_verdicts").HasKey(x => new { x.InstrumentId, x.Id });
        builder.Ignore(x => x.Verdicts);
    }

    public void Configure(EntityTypeBuilder<VerdictSettings> builder)
    {
        builder.ToTable("verdict_settings").HasKey(x => x.Id);
        builder.Ignore(x => x.Terms);
    }
}
