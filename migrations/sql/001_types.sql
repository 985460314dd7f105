-- The ten enum types. The values are shared with the Mathvidya web platform: fixed.

CREATE TYPE mv_user_role AS ENUM ('student', 'parent', 'teacher', 'admin');
CREATE TYPE mv_relationship_type AS ENUM ('father', 'mother', 'guardian', 'other');
CREATE TYPE mv_plan_type AS ENUM ('basic', 'premium_mcq', 'premium', 'centum');
CREATE TYPE mv_subscription_status AS ENUM ('active', 'expired', 'cancelled', 'pending');
CREATE TYPE mv_question_type AS ENUM ('MCQ', 'VSA', 'SA', 'LA');
CREATE TYPE mv_question_difficulty AS ENUM ('easy', 'medium', 'hard');
CREATE TYPE mv_question_status AS ENUM ('draft', 'active', 'archived');
CREATE TYPE mv_exam_type AS ENUM ('board_exam', 'section_mcq', 'section_vsa', 'section_sa', 'unit_practice');
CREATE TYPE mv_exam_status AS ENUM (
    'created', 'in_progress', 'submitted_mcq', 'pending_upload', 'uploaded', 'pending_evaluation', 'evaluated'
);
CREATE TYPE mv_evaluation_status AS ENUM ('assigned', 'in_progress', 'completed');
