using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Bookings.HouseRules;

public sealed class HouseRuleMapping : IEntityTypeConfiguration<HouseRule>, IEntityTypeConfiguration<HouseRuleVersion>, IEntityTypeConfiguration<HouseRuleReading>
{
    public void Configure(EntityTypeBuilder<HouseRule> builder)
    {
        builder.ToTable("house_rules").HasKey(x => x.Id);
        builder.Ignore(x => x.Scope);
        builder.Property(x => x.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<HouseRuleVersion> builder)
    {
        builder.ToTable("house_rule_versions").HasKey(x => new { x.HouseRuleId, x.Number });
        builder.HasOne<HouseRule>().WithMany().HasForeignKey(x => x.HouseRuleId);
        builder.Ignore(x => x.Dates);
    }

    public void Configure(EntityTypeBuilder<HouseRuleReading> builder) => builder.ToTable("house_rule_readings").HasKey(x => new { x.HouseRuleId, x.Number, x.PersonId });
}
