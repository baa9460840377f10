using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Subsidies;

public sealed class RunMapping : IEntityTypeConfiguration<PolicyText>, IEntityTypeConfiguration<SubsidyRun>, IEntityTypeConfiguration<RunConfirmation>,
    IEntityTypeConfiguration<RunBlock>, IEntityTypeConfiguration<RunEntry>, IEntityTypeConfiguration<RunInstruments>, IEntityTypeConfiguration<RunUser>
{
    public void Configure(EntityTypeBuilder<PolicyText> builder) => builder.ToTable("subsidy_policies").HasKey(x => new { x.Id, x.Version });

    public void Configure(EntityTypeBuilder<SubsidyRun> builder)
    {
        builder.ToTable("subsidy_runs").HasKey(x => x.Id);
        builder.Ignore(x => x.Window).Ignore(x => x.Scope).Ignore(x => x.HasResult);
        builder.Property(x => x.Status).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<RunConfirmation> builder) => builder.ToTable("subsidy_confirmations").HasKey(x => new { x.RunId, x.Figure });

    public void Configure(EntityTypeBuilder<RunBlock> builder) => builder.ToTable("subsidy_blocks").HasKey(x => new { x.RunId, x.FirstNumber });

    public void Configure(EntityTypeBuilder<RunEntry> builder) => builder.ToTable("subsidy_entries").HasKey(x => new { x.RunId, x.Kind, x.BeneficiaryId, x.Payer });

    public void Configure(EntityTypeBuilder<RunInstruments> builder) => builder.ToTable("subsidy_run_instruments").HasKey(x => new { x.RunId, x.InstitutionId, x.Part });

    public void Configure(EntityTypeBuilder<RunUser> builder) => builder.ToTable("subsidy_run_users").HasKey(x => new { x.RunId, x.UserId });
}
